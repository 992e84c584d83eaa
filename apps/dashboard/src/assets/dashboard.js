// Every page works without this; it copies texts and tests keys before a form is saved.

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
      const answer = await fetch("/connections/test", { method: "POST", body });
      const { ok, message, error } = await answer.json();
      show(message ?? error, ok ? "good" : "bad");
    } catch {
      show("The dashboard did not answer. Try again.", "bad");
    }
    button.disabled = false;
  });
}
