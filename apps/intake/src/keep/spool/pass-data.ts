import { type Entry, readJobText, writeJobData } from "@customerio-router/messages";

/** A job's data with what `pass` gives of each entry; the same text where that is all of it. */
export function passData(text: string, pass: (entry: Entry) => Entry): string {
  const data = readJobText(text);
  let isChanged = false;
  const entries = data.entries.map((entry) => {
    const passed = pass(entry);
    if (passed !== entry) isChanged = true;
    return passed;
  });
  return isChanged ? writeJobData({ ...data, entries }) : text;
}
