import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";

type LoginPage = {
  next: string;
  problem?: string | undefined;
  /** Which ways there are. */
  hasPassword: boolean;
  hasIssuer: boolean;
};

export function loginPage({ next, problem, hasPassword, hasIssuer }: LoginPage): Html {
  const content = html`<section class="login card">
      <h1>Log in</h1>
      <p class="lead">This dashboard shows what happens to your calls on their way to Customer.io.</p>
      ${problem === undefined ? "" : html`<p class="problem" role="alert">${problem}</p>`}
      ${hasIssuer ? html`<p><a class="button primary" href="/login/issuer?${new URLSearchParams({ next })}">Log in with your account</a></p>` : ""}
      ${
        hasPassword
          ? html`<form method="post" action="/login">
        <input type="hidden" name="next" value="${next}">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required${hasIssuer ? "" : html` autofocus`}>
        <button class="primary">Log in</button>
      </form>
      <p class="hint">The password is in DASHBOARD_PASSWORD of the dashboard's environment.</p>`
          : ""
      }
    </section>`;
  return layout({ title: "Log in", content });
}

/** A page of its own, because browsers withhold a SameSite cookie on a redirect that begins at somebody else's link. */
export function loggedInPage({ next }: { next: string }): Html {
  const content = html`<p>You are logged in. <a href="${next}">Continue</a></p>`;
  return layout({ title: "Logged in", content, goTo: next });
}
