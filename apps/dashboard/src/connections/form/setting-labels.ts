/** What a setting is called in the form, with its unit. */
type SettingLabel = {
  label: string;
  /** True for how messages are sent; the others say what is sent. */
  isAdvanced?: true;
};

const labels: { readonly [name: string]: SettingLabel } = {
  identifyBy: { label: "How people are identified" },
  anonymousEvents: { label: "Events of anonymous visitors" },
  maxTraitsPerIdentify: { label: "Traits per identify operation, at most" },
  convertDates: { label: "Convert dates for Customer.io" },
  semanticEvents: { label: "Translate reserved events" },
  consentCategories: { label: "Required consent categories" },
  destructiveEvents: { label: "Let servers' events delete and suppress" },
  aliasFromClients: { label: "Let browsers and mobile apps merge people" },
  delivery: { label: "Delivery" },
  limiter: { label: "Rate limit" },
  "limiter.max": { label: "Requests per period, at most", isAdvanced: true },
  "limiter.duration": { label: "Period, in milliseconds", isAdvanced: true },
  attempts: { label: "Attempts before a failing message is rejected", isAdvanced: true },
  inFlight: { label: "Requests in flight at once", isAdvanced: true },
  batchOperations: { label: "Operations per request, at most", isAdvanced: true },
  batchBytes: { label: "Size of a request, in bytes, at most", isAdvanced: true },
  lingerMs: { label: "Wait for a fuller request, in milliseconds", isAdvanced: true },
  deadlineMs: { label: "Timeout of a request, in milliseconds", isAdvanced: true },
  backlogBytes: { label: "Waiting messages before callers are refused, in bytes", isAdvanced: true },
  keepFailed: { label: "Rejected messages to keep" },
  "keepFailed.messages": { label: "Messages, at most", isAdvanced: true },
  "keepFailed.bytes": { label: "Size, in bytes, at most", isAdvanced: true },
  "keepFailed.ageMs": { label: "Age, in milliseconds, at most", isAdvanced: true },
};

/** Of choices, where more than a capital letter is to be said. */
const choiceLabels: { readonly [choice: string]: string } = {
  true: "On",
  false: "Off",
  "id-or-email": "By id or email",
  id: "By id alone",
};

/** Of a setting, or of a group of them. */
export function settingLabel(name: string): SettingLabel {
  return labels[name] ?? { label: name };
}

export function choiceLabel(choice: string): string {
  return choiceLabels[choice] ?? choice.charAt(0).toUpperCase() + choice.slice(1);
}
