/** What a page may call before the SDK is there; the others make no sense without it. */
const earlyCalls =
  "identify track page screen group alias reset ready on once off user setAnonymousId register addSourceMiddleware " +
  "trackClick trackSubmit trackLink trackForm";

/**
 * What a site pastes into its pages to send to a connection: HTML that loads Segment's browser SDK from the intake and
 * keeps calls until it is there. After it, `analytics.identify(…)`, `analytics.page(…)` and their like work at once.
 *
 * @param options.intakeUrl where browsers reach the intake: "https://events.example.com"
 */
export function browserSnippet(options: { writeKey: string; intakeUrl: string }): string {
  const { writeKey, intakeUrl } = options;
  return `<script>
  (function () {
    var writeKey = ${inScript(writeKey)};
    var intakeUrl = ${inScript(intakeUrl.replace(/\/+$/, ""))};
    var calls = ${inScript(earlyCalls)};

    var early = (window.analytics = window.analytics || []);
    if (early.initialize || early._writeKey) return;
    early._writeKey = writeKey;
    early._cdn = intakeUrl;
    calls.split(" ").forEach(function (call) {
      early[call] = function () {
        var sdk = window.analytics;
        if (sdk !== early) return sdk[call].apply(sdk, arguments);
        early.push([call].concat([].slice.call(arguments)));
        return early;
      };
    });

    var script = document.createElement("script");
    script.async = true;
    script.src = intakeUrl + "/analytics.js/v1/" + encodeURIComponent(writeKey) + "/analytics.min.js";
    document.head.appendChild(script);
  })();
</script>`;
}

/** A string of JavaScript that cannot end the script it stands in. */
function inScript(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c");
}
