/* Show how far an upload is, in every <form data-z-upload>. Without this script the form is sent as always.
   The server answers a redirect with its address in X-Location (config.uploads), so that the next page is loaded as a
   page. A form that comes back with errors takes the place of the old one. */
(() => {
  "use strict";

  function show(box, text, percent) {
    box.hidden = false;
    box.querySelector('[role="status"]').textContent = text;
    const bar = box.querySelector("progress");
    if (percent === null) bar.removeAttribute("value");
    else bar.value = percent;
  }

  /** Put the page that came back in place of this one, without a second request. */
  function showAnswer(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    window.htmx?.process(main);
    main.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: main } }));
    enhance(main);
    (main.querySelector("[data-z-error-summary]") ?? main).focus();
    window.scrollTo(0, 0);
    return true;
  }

  function send(form, box, submitter) {
    const data = new FormData(form, submitter);
    const request = new XMLHttpRequest();
    const stop = box.querySelector("[data-z-upload-stop]");
    const buttons = [...form.querySelectorAll('button[type="submit"]')];
    const busy = (is) => {
      for (const button of buttons) button.disabled = is;
      stop.hidden = !is;
    };
    let told = -1;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      // A screen reader hears every step of ten; the bar moves all the time.
      const step = Math.floor(percent / 10) * 10;
      box.querySelector("progress").value = percent;
      if (step !== told) show(box, box.dataset.zBusy.replace("%s", String(step)), percent);
      told = step;
    });
    request.upload.addEventListener("load", () => {
      show(box, box.dataset.zChecking, null);
      stop.hidden = true;
    });
    request.addEventListener("load", () => {
      const next = request.getResponseHeader("X-Location");
      if (next) {
        window.location.assign(next);
        return;
      }
      busy(false);
      if (!showAnswer(request.responseText)) show(box, box.dataset.zFailed, 0);
    });
    request.addEventListener("error", () => {
      busy(false);
      show(box, box.dataset.zFailed, 0);
    });
    request.addEventListener("abort", () => {
      busy(false);
      box.hidden = true;
      buttons[0]?.focus();
    });
    stop.onclick = () => request.abort();
    busy(true);
    show(box, box.dataset.zBusy.replace("%s", "0"), 0);
    request.open("POST", form.action || window.location.href);
    request.setRequestHeader("X-Upload", "1");
    request.send(data);
  }

  function enhance(root) {
    for (const form of root.querySelectorAll("form[data-z-upload]")) {
      const box = form.querySelector("[data-z-upload-progress]");
      if (!box || form.dataset.zUploadReady) continue;
      form.dataset.zUploadReady = "1";
      form.addEventListener("submit", (event) => {
        const chosen = [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length);
        // Without a file there is nothing to show: the browser sends it.
        if (!chosen || event.defaultPrevented) return;
        event.preventDefault();
        send(form, box, event.submitter);
      });
    }
  }

  enhance(document);
})();
