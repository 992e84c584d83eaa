import { changeJobData, isObject } from "@customerio-router/messages";

/**
 * A job's data as Bull Board shows it: without the write keys that messages intake could not read still carry. Nothing else is
 * touched, because what is shown there is what an edit of the job saves.
 */
export function hideWriteKeys(data: unknown): unknown {
  return changeJobData(data, { message: hideInMessage });
}

function hideInMessage(message: unknown): unknown {
  return isObject(message) && "writeKey" in message ? { ...message, writeKey: "(hidden)" } : message;
}
