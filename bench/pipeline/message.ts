/** Stands before the time at which a message was sent, in Unix milliseconds, also in what Customer.io gets. */
const sentAtMark = '"sentAtMs":';
const mark = Buffer.from(sentAtMark);
const timeDigits = 13;

/** Stands in the place of that time where a message's way is not to be measured. */
const unmeasured = 1_000_000_000_000;

const padding = "x".repeat(150);

/**
 * A track of about 600 bytes as a web shop's server sends it, written by hand so that the client costs little.
 * Without `sentAtMs` its way is not measured.
 */
export function writeMessage({
  number,
  userId,
  sentAtMs,
}: {
  number: string;
  userId: string;
  sentAtMs?: number | undefined;
}): string {
  const time = Math.floor(sentAtMs ?? unmeasured);
  return `{"type":"track","messageId":"message-${number}","userId":"${userId}","event":"Order Completed","timestamp":"2026-03-01T12:00:00.000Z","context":{"library":{"name":"bench","version":"1.0.0"},"ip":"203.0.113.7","locale":"en-GB"},"properties":{${sentAtMark}${time},"orderId":"order-${number}","total":129.9,"currency":"EUR","coupon":"SPRING","products":[{"sku":"G-32","name":"Monopoly","price":14,"quantity":2},{"sku":"F-17","name":"Uno","price":9.5,"quantity":1}],"note":"${padding}"}}`;
}

/** The times of the measured messages in the bytes of a request, and how many messages there are in all. */
export function readMessages(body: Buffer): { messages: number; sentAtMs: number[] } {
  const sentAtMs: number[] = [];
  let messages = 0;
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at)) {
    at += mark.length;
    messages += 1;
    const time = Number(body.toString("latin1", at, at + timeDigits));
    if (time !== unmeasured) sentAtMs.push(time);
  }
  return { messages, sentAtMs };
}
