import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { withCode } from "./with-code.ts";

type ProblemPage = { title: string; message: string; viewer: Viewer };

/** Says in words what went wrong and what to do. */
export function problemPage({ title, message, viewer }: ProblemPage): Html {
  return layout({
    title,
    viewer,
    content: html`<h1>${title}</h1><p>${withCode(message)}</p><p><a href="/">Back to the connections</a></p>`,
  });
}
