/** A browser as far as a server knows it: it keeps cookies and names its origin when it writes. */
export type Visitor = {
  /** Asks for a page; redirects are not followed. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form. */
  submit(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a script's request. */
  send(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; json?: unknown; body?: string },
  ): Promise<Answer>;
};

export type Answer = { status: number; text: string; headers: Headers; location: string | null };

export function createVisitor(url: string): Visitor {
  const cookies = new Map<string, string>();

  async function send(
    path: string,
    init: RequestInit & { headers: Record<string, string> },
  ): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie && { cookie }), ...init.headers };
    const response = await fetch(url + path, { redirect: "manual", ...init, headers });
    for (const text of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    return {
      status: response.status,
      text,
      headers: response.headers,
      location: response.headers.get("location"),
    };
  }

  return {
    get: (path, headers = {}) => send(path, { headers: { accept: "text/html", ...headers } }),
    submit: (path, fields, headers = {}) =>
      send(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { accept: "text/html", origin: url, "sec-fetch-site": "same-origin", ...headers },
      }),
    send: (method, path, { headers = {}, json, body = JSON.stringify(json) } = {}) =>
      send(path, {
        method,
        headers: {
          origin: url,
          ...(json !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body }),
      }),
  };
}
