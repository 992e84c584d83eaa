import {
  type ConnectionSettings,
  listSettings,
  type SettingDescription,
} from "@customerio-router/connections";
import { type Html, html } from "../../page/html.ts";
import type { TextFields } from "../../page/text-fields.ts";
import { withCode } from "../../page/with-code.ts";
import { settingInWords } from "./setting-in-words.ts";
import { choiceLabel, settingLabel } from "./setting-labels.ts";

/** A name that no other field of the form has; problems with settings are told under it, too. */
const fieldName = ({ name }: SettingDescription) => `settings.${name}`;

/** The settings as the fields of a form hold them; those that are as by default are left out, so that a new default reaches them. */
export function readSettingFields(fields: TextFields): { [name: string]: unknown } {
  const settings: { [name: string]: unknown } = {};
  for (const setting of listSettings()) {
    const value = readField(setting, fields[fieldName(setting)]);
    if (value !== undefined && text(value) !== text(setting.default))
      put(settings, setting.name.split("."), value);
  }
  return settings;
}

/** What the form shows for settings as they stand. */
export function settingTexts(settings: ConnectionSettings): TextFields {
  return Object.fromEntries(
    listSettings().map((setting) => [fieldName(setting), text(settingOf(settings, setting.name))]),
  );
}

/** The settings that differ from their default, as `name: value`, in units that people read. */
export function changedSettings(settings: ConnectionSettings): { name: string; value: string }[] {
  return listSettings()
    .filter((setting) => text(settingOf(settings, setting.name)) !== text(setting.default))
    .map(({ name }) => {
      const value = settingOf(settings, name);
      return { name, value: settingInWords(name, value) ?? text(value) };
    });
}

type SettingFields = { values: TextFields; problems: TextFields };

/** The fields, each with what it is for and the reason of its default: what is sent, then, folded, how it is sent. */
export function settingFields(fields: SettingFields): Html {
  const [plain = [], advanced = []] = [false, true].map((isWanted) =>
    listSettings().filter(({ name }) => (settingLabel(name).isAdvanced ?? false) === isWanted),
  );
  const isOpen = advanced.some((setting) => fields.problems[fieldName(setting)] !== undefined);
  return html`${fieldsOf(plain, fields)}
        <details class="advanced"${isOpen ? html` open` : ""}>
          <summary>Advanced: rates, sizes and limits</summary>
          ${fieldsOf(advanced, fields)}
        </details>`;
}

function fieldsOf(settings: SettingDescription[], fields: SettingFields): Html {
  const groups = Map.groupBy(settings, ({ name }) => name.split(".")[0] ?? "");
  return html`${[...groups].map(([name, [first, ...more]]) => {
    if (!first) return "";
    if (first.group === undefined) return settingField(first, fields);
    return html`<fieldset>
          <legend>${settingLabel(name).label} <code>${name}</code></legend>
          <p class="hint">${withCode(first.group)}</p>
          ${[first, ...more].map((setting) => settingField(setting, fields))}
        </fieldset>`;
  })}`;
}

function settingField(setting: SettingDescription, { values, problems }: SettingFields): Html {
  const name = fieldName(setting);
  const problem = problems[name];
  return html`<div class="field">
          <label for="${name}">${settingLabel(setting.name).label} <code>${setting.name}</code></label>
          ${input(setting, { name, value: values[name] })}
          ${problem === undefined ? "" : html`<p class="problem">${problem}</p>`}
          <p class="hint" id="${name}-hint">${withCode(setting.description.replace(/\.?$/, "."))} ${defaultOf(setting)}</p>
        </div>`;
}

function defaultOf({ name, choices, default: value }: SettingDescription): Html {
  if (isList(value)) return html`Separate several with commas. Default: none.`;
  if (value === null) return html`Default: blank.`;
  if (typeof value === "boolean" || choices) return html`Default: ${choiceLabel(String(value))}.`;
  const words = settingInWords(name, value);
  return html`Default: <code>${String(value)}</code>${words === undefined ? "" : ` (${words})`}.`;
}

function input(
  setting: SettingDescription,
  { name, value }: { name: string; value: string | undefined },
): Html {
  const shown = value ?? text(setting.default);
  if (typeof setting.default === "boolean") return select({ name, shown, choices: ["true", "false"] });
  if (setting.choices) return select({ name, shown, choices: setting.choices });
  if (isList(setting.default)) {
    return html`<input id="${name}" name="${name}" type="text" value="${shown}" aria-describedby="${name}-hint">`;
  }
  return html`<input id="${name}" name="${name}" type="number" step="1" min="${setting.min}" max="${setting.max}"
            value="${shown}" placeholder="${text(setting.default)}" aria-describedby="${name}-hint">`;
}

function select({ name, shown, choices }: { name: string; shown: string; choices: readonly string[] }): Html {
  return html`<select id="${name}" name="${name}" aria-describedby="${name}-hint">${choices.map(
    (choice) =>
      html`<option value="${choice}"${choice === shown ? html` selected` : ""}>${choiceLabel(choice)}</option>`,
  )}</select>`;
}

/** A text that is not what the setting takes is passed on: the settings' schema says what is wrong with it. */
function readField(setting: SettingDescription, given: string | undefined): unknown {
  const trimmed = given?.trim();
  if (trimmed === undefined || trimmed === "") return undefined;
  if (typeof setting.default === "boolean") return trimmed === "true";
  if (setting.choices) return trimmed;
  if (isList(setting.default)) return trimmed.split(",").flatMap((item) => item.trim() || []);
  return /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

function text(value: unknown): string {
  if (isList(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value);
}

function settingOf(settings: unknown, name: string): unknown {
  return name
    .split(".")
    .reduce(
      (value, part) =>
        typeof value === "object" && value
          ? Object.entries(value).find(([key]) => key === part)?.[1]
          : undefined,
      settings,
    );
}

function put(settings: { [name: string]: unknown }, [first = "", second]: string[], value: unknown): void {
  settings[first] =
    second === undefined ? value : { ...(settings[first] as object | undefined), [second]: value };
}
