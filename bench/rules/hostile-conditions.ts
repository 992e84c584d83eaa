const text = "a".repeat(100_000);
const list = Array.from({ length: 10_000 }, (_, at) => at);
/** As much as the limits let through. */
const shorter = list.slice(0, 1_000);

/** Conditions that try to take long, each with the message that would make it. */
export const hostileConditions = [
  { condition: 'message.x.matches("^(a+)+$")', message: { x: `${text}b` } },
  { condition: 'message.x.matches("^(a+)+$")', message: { x: `${text.slice(0, 4_000)}b` } },
  { condition: 'message.x.matches("(a|b)*a(a|b){20}$")', message: { x: random(560, "ab") } },
  {
    condition: 'message.x.matches("(x|y|xy|[a-f]{3,9}|.{7,12}q)+$")',
    message: { x: random(800, "abcdefxyq") },
  },
  { condition: 'message.x.matches("(.*a){20}[^x]$")', message: { x: random(360, "abx") } },
  { condition: 'message.x.matches("((a{0,100}){0,10})$")', message: { x: text } },
  {
    condition: "message.x.contains(message.y)",
    message: { x: text, y: `${text.slice(0, 500)}b${text.slice(0, 500)}` },
  },
  { condition: "message.x.contains(message.y)", message: { x: text, y: "ab" } },
  { condition: "message.list.all(x, message.list.exists(y, x == y))", message: { list } },
  { condition: "message.list.all(x, x >= 0.0)", message: { list } },
  { condition: "message.list.all(x, x >= 0.0)", message: { list: shorter } },
  { condition: "message.list.map(x, [x]).filter(y, y in [[1.0]]).size() > 1", message: { list: shorter } },
  { condition: "message.list == message.other", message: { list, other: [...list] } },
  { condition: "message.x + message.x + message.x == message.x", message: { x: text } },
];

function random(length: number, alphabet: string): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return alphabet[state % alphabet.length];
  }).join("");
}
