// Every page works without this; it copies texts, tests keys before a form is saved, shows times in the person's own zone and
// goes on with the list of messages by itself; it hides what a rule's action does not need, and rules can be dragged.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      // Without TLS browsers keep the clipboard to themselves: select the text for the person.
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
    }
  });
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
