export type VariableNames = {
  /** A name that no other secret has: `SHOP_PAGES_API_KEY`. */
  make(owner: string, secret: string): string;
  all(): string[];
};

export function createVariableNames(): VariableNames {
  const made = new Set<string>();
  return {
    make(owner, secret) {
      const name = [toName(owner), secret].join("_");
      let free = name;
      for (let number = 2; made.has(free); number++) free = `${name}_${number}`;
      made.add(free);
      return free;
    },
    all: () => [...made],
  };
}

function toName(text: string): string {
  const ascii = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toUpperCase();
  const name = ascii.replaceAll(/[^A-Z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "");
  return /^[A-Z]/.test(name) ? name : `ROUTER_${name}`.replace(/_$/, "");
}
