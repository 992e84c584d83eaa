import type { Memory } from "../memory/memory.ts";
import { listPeople } from "../memory/queries.ts";
import { type Html, html } from "./html.ts";
import { peopleTable } from "./people-table.ts";

const peopleShown = 50;

export function peoplePage({ workspace }: Memory, { after }: { after?: number | undefined }): Html {
  const { entries, next } = listPeople(workspace, { after, limit: peopleShown });
  return html`<div class="head"><h1>People</h1><span class="sub inline">${workspace.people.all.size.toLocaleString("en")}</span></div>
${peopleTable(entries.map(([, person]) => person))}
${next !== null && html`<nav class="pages" aria-label="Pages"><a href="/people?after=${next}">Older people</a></nav>`}`;
}
