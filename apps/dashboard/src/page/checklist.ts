import { type Html, html } from "./html.ts";

export type Step = {
  title: string;
  state: "done" | "open" | "problem";
  /** What has happened, or what to do. */
  text: Html;
};

const marks = {
  done: { mark: "✓", word: "Done" },
  open: { mark: "", word: "Not yet" },
  problem: { mark: "!", word: "Problem" },
} as const;

/** Steps, each with how it stands. */
export function checklist(steps: readonly Step[]): Html {
  return html`<ol class="checklist">${steps.map(
    ({ title, state, text }) =>
      html`<li class="${state}"><span class="mark" aria-hidden="true">${marks[state].mark}</span><div><b>${title}</b><span class="unseen">: ${marks[state].word}.</span><p>${text}</p></div></li>`,
  )}</ol>`;
}
