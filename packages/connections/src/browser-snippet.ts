/** What a page may call before the SDK is there. */
const calls = [
  "identify",
  "track",
  "page",
  "screen",
  "group",
  "alias",
  "ready",
  "on",
  "once",
  "off",
  "reset",
  "debug",
  "user",
  "setAnonymousId",
  "addSourceMiddleware",
  "addIntegrationMiddleware",
  "addDestinationMiddleware",
  "register",
  "deregister",
  "trackLink",
  "trackForm",
  "trackClick",
  "trackSubmit",
  "pageview",
];

/**
 * What a site pastes into its pages to send to a connection: HTML that loads Segment's browser SDK from the intake and
 * keeps calls until it is there. After it, `analytics.identify(…)`, `analytics.page(…)` and their like work at once.
 *
 * @param options.intakeUrl where browsers reach the intake: "https://events.example.com"
 */
export function browserSnippet(options: { writeKey: string; intakeUrl: string }): string {
  const intakeUrl = options.intakeUrl.replace(/\/+$/, "");
  const script = `${intakeUrl}/analytics.js/v1/${encodeURIComponent(options.writeKey)}/analytics.min.js`;
  return `<script>
  (function (writeKey, intakeUrl, scriptUrl, calls) {
    var early = (window.analytics = window.analytics || []);
    if (early.initialize || early.invoked) return;
    early.invoked = true;
    early._writeKey = writeKey;
    early._cdn = intakeUrl;
    calls.forEach(function (call) {
      early[call] = function () {
        var sdk = window.analytics;
        if (sdk !== early) return sdk[call].apply(sdk, arguments);
        early.push([call].concat(Array.prototype.slice.call(arguments)));
        return early;
      };
    });
    var script = document.createElement("script");
    script.async = true;
    script.src = scriptUrl;
    document.head.appendChild(script);
  })(${[options.writeKey, intakeUrl, script].map(inScript).join(", ")},
    ${inScript(calls.join(" "))}.split(" "));
</script>`;
}

/** A string of JavaScript that cannot end the script it stands in. */
function inScript(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c");
}
