import { type JsonRead, readJsonText } from "@customerio-router/messages";

type ReadJson = ({ ok: true } & JsonRead) | { ok: false; problem: string };

/** Reads what a person wrote; what is wrong with it is told in their words. */
export function readJson(text: string): ReadJson {
  if (text.trim() === "") return { ok: false, problem: "There is no call yet: paste one." };
  try {
    return { ok: true, ...readJsonText(text) };
  } catch (error) {
    return { ok: false, problem: `This is not JSON: ${(error as SyntaxError).message}.` };
  }
}
