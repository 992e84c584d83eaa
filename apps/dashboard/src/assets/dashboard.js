// Every page works without this; it copies texts, makes tabs, tests keys before a form is saved, shows times in the person's own zone,
// goes on with the list of messages and with the checklist of a set-up by itself; it hides what a rule's action does not need, and rules can be dragged.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      // Without TLS browsers keep the clipboard to themselves: select the text for the person.
      source.closest("details")?.setAttribute("open", "");
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
    }
  });
}

for (const tabs of document.querySelectorAll("[data-tabs]")) {
  const panels = [...tabs.querySelectorAll("[data-tab]")];
  const list = document.createElement("div");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", tabs.dataset.tabs);
  const buttons = panels.map((panel, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = panel.dataset.tab;
    button.id = `tab-${at}`;
    panel.id = `panel-${at}`;
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    return button;
  });
  const choose = (chosen) => {
    for (const [at, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(at === chosen));
      button.tabIndex = at === chosen ? 0 : -1;
      panels[at].hidden = at !== chosen;
    }
  };
  for (const [at, button] of buttons.entries()) {
    button.addEventListener("click", () => choose(at));
    button.addEventListener("keydown", ({ key }) => {
      const last = buttons.length - 1;
      const next = {
        ArrowRight: at === last ? 0 : at + 1,
        ArrowLeft: at === 0 ? last : at - 1,
        Home: 0,
        End: last,
      }[key];
      if (next === undefined) return;
      choose(next);
      buttons[next].focus();
    });
  }
  list.append(...buttons);
  tabs.prepend(list);
  choose(0);
}

for (const steps of document.querySelectorAll("[data-steps]")) {
  const look = async () => {
    try {
      const reply = await fetch(steps.dataset.steps);
      // The session has ended: the login comes in place of the list.
      if (reply.redirected) return location.reload();
      const template = document.createElement("template");
      template.innerHTML = await reply.text();
      // What stays the same is not read out again.
      if (reply.ok && template.innerHTML !== steps.innerHTML) steps.replaceChildren(template.content);
    } catch {
      // The dashboard is gone for a moment: the next look tells.
    }
    lookSoon();
  };
  const lookSoon = () => {
    if (steps.querySelector("[data-unfinished]")) setTimeout(look, 1_500);
  };
  lookSoon();
}

for (const menu of document.querySelectorAll("[data-menu]")) {
  const close = ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("click", close);
  document.addEventListener("focusin", close);
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

for (const button of document.querySelectorAll("[data-test]")) {
  const { form } = button;
  const result = form.querySelector("[data-test-result]");
  const show = (message, kind) => {
    result.textContent = message;
    result.className = kind;
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("id", form.dataset.connection);
    button.disabled = true;
    show("Asking Customer.io …", "");
    try {
      const reply = await fetch(button.dataset.test, { method: "POST", body });
      const { ok, message, error } = await reply.json();
      show(message ?? error, ok ? "good" : "bad");
    } catch {
      show("The dashboard did not answer. Try again.", "bad");
    }
    button.disabled = false;
  });
}

const ownTime = {
  minute: { timeStyle: "short" },
  time: { timeStyle: "medium" },
  day: { dateStyle: "medium", timeStyle: "short" },
  full: {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  },
};

function showOwnTimes(root) {
  for (const time of root.querySelectorAll("time[data-form]")) {
    time.textContent = new Date(time.dateTime).toLocaleString([], ownTime[time.dataset.form]);
  }
}

showOwnTimes(document);

for (const zone of document.querySelectorAll("[data-zone]")) {
  zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Forms without this script send UTC; addresses keep it, so that they mean the same to somebody in another zone.
for (const input of document.querySelectorAll("input[data-utc]")) {
  if (input.defaultValue !== "") {
    const at = new Date(`${input.defaultValue}Z`);
    input.value = new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  input.form?.addEventListener("formdata", ({ formData }) => {
    if (input.value !== "") formData.set(input.name, new Date(input.value).toISOString().slice(0, 16));
  });
}

if (document.querySelector("[data-unsettled]")) setTimeout(() => location.reload(), 1_500);

const mostRows = 200;

for (const button of document.querySelectorAll("[data-live]")) {
  const rows = document.getElementById("messages");
  let source;
  const showRow = ({ data }) => {
    const template = document.createElement("template");
    template.innerHTML = data;
    const row = template.content.firstElementChild;
    const shown = [...rows.children].find(({ dataset }) => dataset.message === row.dataset.message);
    showOwnTimes(row);
    row.classList.add("new");
    if (shown) shown.replaceWith(row);
    else rows.prepend(row);
    while (rows.children.length > mostRows) rows.lastElementChild.remove();
    rows.closest("table").hidden = false;
    document.querySelector("[data-none]")?.remove();
  };
  const listen = () => {
    source = new EventSource(button.dataset.live);
    source.addEventListener("row", showRow);
    button.setAttribute("aria-pressed", "true");
  };
  const stop = () => {
    source.close();
    button.setAttribute("aria-pressed", "false");
  };
  button.hidden = false;
  button.addEventListener("click", () =>
    button.getAttribute("aria-pressed") === "true" ? stop() : listen(),
  );
  listen();
}

for (const form of document.querySelectorAll("[data-rules]")) {
  const needs = JSON.parse(form.dataset.rules);
  const rules = [...form.querySelectorAll("[data-rule]")];
  let dragged;

  for (const rule of rules) {
    const select = rule.querySelector("select");
    const parts = ["field", "value"].map((part) =>
      rule.querySelector(`[name$=".${part}"]`).closest(".field"),
    );
    const showNeeded = () => {
      for (const [at, part] of parts.entries()) {
        const label = needs[select.value][at];
        part.hidden = label === null;
        if (label !== null) part.querySelector("label").textContent = label;
      }
    };
    select.addEventListener("change", showNeeded);
    showNeeded();

    const handle = rule.querySelector("legend");
    handle.draggable = true;
    handle.addEventListener("dragstart", (event) => {
      dragged = rule;
      event.dataTransfer.setData("text/plain", "");
      event.dataTransfer.setDragImage(rule, 0, 0);
      event.dataTransfer.effectAllowed = "move";
    });
    handle.addEventListener("dragend", () => {
      dragged = undefined;
    });
    rule.addEventListener("dragover", (event) => {
      if (dragged) event.preventDefault();
    });
    rule.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === rule) return;
      const button = form.querySelector('[value="add"]');
      button.value = `move:${dragged.dataset.rule}:${rule.dataset.rule}`;
      form.requestSubmit(button);
    });
  }
}
