const number = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Zeros an exponent may add: more are no number that anybody means, and nine characters could ask for a gigabyte. */
const maxZeros = 1_000;

/** The digits of a JSON number that is an integer, however it is written; undefined for any other, and for one too long to write out. */
export function exactInteger(source: string): string | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = number.exec(source) ?? [];
  const digits = whole + fraction;
  const integerDigits = whole.length + Number(exponent);
  const zeros = integerDigits - digits.length;
  if (/^0*$/.test(digits)) return digits === "" ? undefined : "0";
  if (zeros > maxZeros || !/^0*$/.test(digits.slice(Math.max(integerDigits, 0)))) return undefined;
  const integer = digits.slice(0, Math.max(integerDigits, 0)) + "0".repeat(Math.max(zeros, 0));
  return sign + integer.replace(/^0+/, "");
}
