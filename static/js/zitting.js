/* Small comforts on top of pages that work without script. No dependencies, no build. */
(() => {
  "use strict";

  const all = (root, selector) => [...root.querySelectorAll(selector)];

  /** Move focus to the error summary, so that everybody starts at what went wrong. */
  function focusErrors(root) {
    root.querySelector("[data-z-error-summary]")?.focus();
  }

  /** Let people see the password they type. */
  function passwordToggles(root) {
    for (const button of all(root, "[data-z-password-toggle]")) {
      const input = document.getElementById(button.getAttribute("aria-controls"));
      if (!input || button.dataset.zReady) continue;
      button.dataset.zReady = "1";
      button.hidden = false;
      button.addEventListener("click", () => {
        const visible = input.type === "password";
        input.type = visible ? "text" : "password";
        button.setAttribute("aria-pressed", String(visible));
        button.textContent = visible ? button.dataset.zHide : button.dataset.zShow;
      });
      // A password must never be sent or remembered as plain text.
      input.form?.addEventListener("submit", () => {
        input.type = "password";
      });
    }
  }

  /** Select all rows of a page, and count what is selected. */
  function selections(root) {
    for (const form of all(root, "form:has([data-z-select])")) {
      if (form.dataset.zReady) continue;
      form.dataset.zReady = "1";
      const rows = all(form, "[data-z-select]");
      const master = form.querySelector("[data-z-select-all]");
      const bar = form.querySelector("[data-z-bulk]");
      const everything = form.querySelector("[data-z-bulk-all]");
      const count = form.querySelector("[data-z-bulk-count]");
      const show = () => {
        const picked = rows.filter((row) => row.checked).length;
        const whole = everything?.checked ?? false;
        if (master) {
          master.checked = picked === rows.length;
          master.indeterminate = picked > 0 && picked < rows.length;
        }
        const number = Number(whole ? everything.value : picked);
        if (count) count.textContent = number.toLocaleString(document.documentElement.lang);
        if (bar) bar.hidden = picked === 0 && !whole;
      };
      if (master) {
        master.hidden = false;
        master.addEventListener("change", () => {
          for (const row of rows) row.checked = master.checked;
          show();
        });
      }
      form.addEventListener("change", show);
      rowKeys(rows, show);
      show();
    }
  }

  /** In a column of rows to tick: arrows go up and down, with Shift they tick along, and Shift with a click ticks all between. */
  function rowKeys(rows, show) {
    let last = null;
    const tick = (from, to, checked) => {
      const [first, end] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
      if (first < 0) return;
      for (const row of rows.slice(first, end + 1)) row.checked = checked;
      show();
    };
    for (const row of rows) {
      row.addEventListener("click", (event) => {
        if (event.shiftKey && last) tick(last, row, row.checked);
        last = row;
      });
      row.addEventListener("keydown", (event) => {
        const at = rows.indexOf(row);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
        if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
        if (event.shiftKey) tick(row, next, true);
        next.focus();
        last = next;
      });
    }
  }

  /** Copy a code or link, and say that it worked. */
  function copyButtons(root) {
    for (const button of all(root, "[data-z-copy]")) {
      const source = document.getElementById(button.dataset.zCopy);
      if (!source || !navigator.clipboard || button.dataset.zReady) continue;
      button.dataset.zReady = "1";
      button.hidden = false;
      const words = button.firstElementChild;
      const before = words.textContent;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(source.textContent.trim());
        words.textContent = button.dataset.zDone;
        setTimeout(() => {
          words.textContent = before;
        }, 2500);
      });
    }
  }

  /** Print buttons appear only where a script can print. */
  function printButtons(root) {
    for (const button of all(root, "[data-z-print]")) {
      if (button.dataset.zReady) continue;
      button.dataset.zReady = "1";
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  }

  /** A form is sent once, however often the button is pressed. The server guards it too. */
  function singleSubmit() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || event.defaultPrevented) return;
      if (form.dataset.zSent) {
        event.preventDefault();
        return;
      }
      form.dataset.zSent = "1";
      setTimeout(() => delete form.dataset.zSent, 4000);
    });
    // The browser's Back button brings the old page, which must work again.
    window.addEventListener("pageshow", () => {
      for (const form of all(document, "form[data-z-sent]")) delete form.dataset.zSent;
    });
  }

  /** A search box above a long list to tick; what is ticked stays in sight, so that nothing is chosen unseen. */
  function pickers(root) {
    for (const pick of all(root, "[data-z-pick]")) {
      if (pick.dataset.zReady) continue;
      pick.dataset.zReady = "1";
      const list = pick.querySelector(".z-choices");
      const box = document.createElement("input");
      box.type = "search";
      box.className = "utrecht-textbox utrecht-textbox--html-input z-pick__search";
      box.setAttribute("aria-label", pick.dataset.zPickLabel);
      box.placeholder = pick.dataset.zPickLabel;
      list.before(box);
      box.addEventListener("input", () => {
        const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
        for (const choice of all(list, ".z-choice")) {
          const text = choice.textContent.toLowerCase();
          choice.hidden = !choice.querySelector("input").checked && !words.every((word) => text.includes(word));
        }
      });
      // Searching changes nothing, and Enter must not send the form.
      box.addEventListener("change", (event) => event.stopPropagation());
      box.addEventListener("keydown", (event) => {
        if (event.key === "Enter") event.preventDefault();
      });
    }
  }

  /** Fold-out menus close with Escape and when something else gets the attention. */
  function menus() {
    const close = (menu) => {
      menu.open = false;
    };
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of all(document, "details[data-z-menu][open]")) {
        close(menu);
        menu.querySelector("summary").focus();
      }
    });
    const outside = (event) => {
      for (const menu of all(document, "details[data-z-menu][open]")) {
        if (!menu.contains(event.target)) close(menu);
      }
    };
    document.addEventListener("click", outside);
    document.addEventListener("focusin", outside);
  }

  /** "/" jumps to the search box of a list, as in other tools with lists. */
  function searchKey() {
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const box = document.querySelector("[data-z-search]");
      if (!box) return;
      event.preventDefault();
      box.focus();
    });
  }

  function enhance(root) {
    passwordToggles(root);
    selections(root);
    copyButtons(root);
    printButtons(root);
    pickers(root);
  }

  enhance(document);
  focusErrors(document);
  singleSubmit();
  menus();
  searchKey();
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
})();
