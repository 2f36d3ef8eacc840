// Says in words what went wrong with a passkey; allauth's script would only write it to the console.
(() => {
  "use strict";
  const trouble = document.getElementById("passkey-trouble");
  if (!trouble) return;

  const REASONS = {
    NotAllowedError: "stopped",
    AbortError: "stopped",
    InvalidStateError: "known",
    SecurityError: "number",
    NotSupportedError: "unable",
  };

  function say(reason) {
    trouble.querySelector("span").textContent = trouble.dataset[reason];
    trouble.hidden = false;
  }

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(REASONS[event.detail.exception.name] ?? (window.PublicKeyCredential ? "failed" : "unable"));
  });
})();
