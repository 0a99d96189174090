// The one script of the registry. Every page works without it: it adds a check while typing, keyboard shortcuts,
// a guard against leaving unsaved entries, and the reading of an ID-card reader that types like a keyboard.
// It keeps nothing, sends nothing on its own and writes text only through textContent.
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const one = (selector, root = document) => root.querySelector(selector);
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && !/^(radio|checkbox|button|submit)$/.test(el.type || "");

  // ---- checks while typing: form only, the same rules as the server (GB 11643; mobile 1[3-9]) ----
  const halfWidth = (text) => text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
  const idFits = (text) => {
    const id = halfWidth(text).replace(/[\s-]/g, "").toUpperCase();
    if (/^\d{15}$/.test(id)) return birthOf(id) !== null;
    if (!/^\d{17}[\dX]$/.test(id) || birthOf(id) === null) return false;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, i) => total + weight * Number(id[i]), 0);
    return "10X98765432"[sum % 11] === id[17];
  };
  const birthOf = (id) => {
    const text = id.length === 15 ? "19" + id.slice(6, 12) : id.slice(6, 14);
    const [y, m, d] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8))];
    const day = new Date(Date.UTC(y, m - 1, d));
    return day.getUTCFullYear() === y && day.getUTCMonth() === m - 1 && day.getUTCDate() === d ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}` : null;
  };
  const fits = {
    id: idFits,
    mobile: (text) => /^(?:\+?86|0086)?1[3-9]\d{9}$/.test(halfWidth(text).replace(/[\s-]/g, "")),
    phone: (text) => /^(?:(?:\+?86|0086)?1[3-9]\d{9}|0\d{9,11})$/.test(halfWidth(text).replace(/[\s()-]/g, "")),
    mail: (text) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(halfWidth(text).trim()),
    date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && birthOf("000000" + text.replace(/-/g, "")) !== null,
  };
  const judge = (input, final) => {
    const out = document.getElementById(input.dataset.live);
    if (!out) return;
    const text = input.value;
    const good = text.trim() === "" ? null : fits[input.dataset.check](text);
    out.className = "live" + (good === true ? " live--ok" : good === false && final ? " live--bad" : "");
    out.textContent = good === true ? input.dataset.good || "" : good === false && final ? input.dataset.bad || "" : "";
    if (final) input.setAttribute("aria-invalid", String(good === false));
  };
  for (const input of all("[data-check]")) {
    input.addEventListener("input", () => judge(input, false));
    input.addEventListener("blur", () => judge(input, true));
  }
  // The identity number tells birth date and sex: empty fields are filled, filled ones left alone.
  const spread = (input) => {
    const id = halfWidth(input.value).replace(/[\s-]/g, "").toUpperCase();
    if (!idFits(id)) return;
    const birth = input.dataset.birth && document.getElementById(input.dataset.birth);
    if (birth && birth.value === "") birth.value = birthOf(id);
    const odd = Number(id.length === 15 ? id[14] : id[16]) % 2 === 1;
    if (input.dataset.sex && !one(`[name="${input.dataset.sex}"]:checked`)) {
      const choice = one(`[name="${input.dataset.sex}"][value="${odd ? "male" : "female"}"]`);
      if (choice) choice.checked = true;
    }
  };
  for (const input of all('[data-check="id"]')) input.addEventListener("blur", () => spread(input));

  // ---- ID-card reader as keyboard wedge: one line with the card's fields, ended by Enter ----
  for (const wedge of all("[data-wedge]")) {
    let last = 0;
    wedge.addEventListener("keydown", (event) => {
      const quick = event.timeStamp - last < 60;
      last = event.timeStamp;
      if (event.key === "Tab" && quick) {
        event.preventDefault();
        wedge.value += "|";
      }
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (wedge.value.trim() === "") return;
      const form = wedge.form;
      const set = (name, value) => {
        const field = value && form.elements.namedItem(name);
        if (!field) return;
        if (field instanceof RadioNodeList) {
          for (const radio of field) radio.checked = radio.value === value;
        } else {
          field.value = value;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
      };
      const parts = halfWidth(wedge.value).split(/[|,;\t\r\n，；]+/).map((part) => part.trim()).filter(Boolean);
      const isDate = (part) => /^\d{4}[-.\/年]?\d{1,2}[-.\/月]?\d{1,2}日?$/.test(part);
      const id = parts.find((part) => idFits(part));
      if (!id) {
        judgeWedge(wedge, false);
        return;
      }
      const rest = parts.filter((part) => part !== id && !isDate(part));
      const sex = rest.find((part) => /^(男|女)$/.test(part));
      const ethnic = rest.find((part) => /族$/.test(part) && part.length <= 8) || (sex && rest[rest.indexOf(sex) + 1]?.length <= 5 ? rest[rest.indexOf(sex) + 1] : undefined);
      const name = rest.find((part) => part !== sex && part !== ethnic && /^[\p{L}·•.\s]{2,60}$/u.test(part) && !/[省市区县镇路街村号]/.test(part.slice(1)));
      const address = rest.filter((part) => ![sex, ethnic, name].includes(part) && /[省市区县镇路街村号]/.test(part)).sort((a, b) => b.length - a.length)[0];
      set("name", name);
      set("document", id.toUpperCase());
      set("sex", sex === "男" ? "male" : sex === "女" ? "female" : Number(id[16]) % 2 === 1 ? "male" : "female");
      set("birth", birthOf(id));
      set("ethnic", ethnic && ethnic.replace(/族$/, ""));
      set("address", address);
      wedge.value = "";
      judgeWedge(wedge, true);
      const next = all(".input", form).find((field) => field !== wedge && field.value === "" && field.offsetParent);
      if (next) next.focus();
    });
  }
  const judgeWedge = (wedge, good) => {
    const out = document.getElementById(wedge.dataset.live);
    if (!out) return;
    out.className = good ? "live live--ok" : "live live--bad";
    out.textContent = good ? wedge.dataset.good : wedge.dataset.bad;
  };

  // ---- Enter within a form filled in step by step goes on to the next field: a reader ends its line with Enter and must not send half a
  // form. A number read into the wrong field goes where it belongs. Enter that only accepts a word of an input method is left alone. ----
  for (const form of all("form[data-steps]")) {
    form.addEventListener("keydown", (event) => {
      const input = event.target;
      if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || input.tagName !== "INPUT") return;
      event.preventDefault();
      const number = form.elements.namedItem("document");
      if (number && input !== number && typing(input) && number.value === "" && idFits(input.value)) {
        number.value = halfWidth(input.value).replace(/[\s-]/g, "").toUpperCase();
        input.value = "";
        judge(number, true);
        spread(number);
        input.focus();
        return;
      }
      if (input === number) spread(number);
      const fields = all("input:not([type=hidden]), select, textarea, button", form).filter((field) => field.offsetParent && !field.disabled);
      const same = (field) => field.type === "radio" && field.name === input.name;
      const next = fields.slice(fields.indexOf(input) + 1).find((field) => !same(field));
      if (next) next.focus();
    });
  }

  // ---- leaving with unsaved entries ----
  let dirty = false;
  for (const form of all("form[data-guard]")) form.addEventListener("input", () => (dirty = true));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  // ---- one submit a form: the server refuses the second by its idempotency key, this spares the wait ----
  // Not the one of the languages: it leaves the page, and whoever has typed something is asked first.
  for (const form of all('form[method="post"]:not([data-leaves])')) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent === "1") {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      dirty = false;
      form.setAttribute("aria-busy", "true");
    });
  }
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // ---- keys: s d l u on duplicates, / for search, p and n for pages; never while typing ----
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = one("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      return;
    }
    if (!/^[a-z?]$/.test(event.key)) return;
    const target = one(`[data-key="${event.key}"]`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });

  // ---- small things ----
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  // Text to be pasted elsewhere: where the browser lets no page write to the clipboard, it is selected and copied by hand.
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.copy);
      field.focus();
      field.select();
      if (!navigator.clipboard) return;
      navigator.clipboard.writeText(field.value).then(() => (button.textContent = button.dataset.copied), () => {});
    });
  }
  for (const field of all("[data-autosubmit]")) field.addEventListener("change", () => field.form.requestSubmit());
  for (const input of all('input[type="file"][data-name]')) {
    input.addEventListener("change", () => {
      const out = document.getElementById(input.dataset.name);
      if (out) out.textContent = input.files[0] ? input.files[0].name : "";
    });
  }
  // Parts of a form that belong to one choice are shown with it.
  const toggles = all("[data-when]");
  const show = () => {
    for (const part of toggles) {
      const [name, values] = part.dataset.when.split("=");
      const chosen = all(`[name="${name}"]`).filter((field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : true)).map((field) => field.value);
      part.hidden = !values.split("|").some((value) => chosen.includes(value));
    }
  };
  if (toggles.length) {
    document.addEventListener("change", show);
    show();
  }
  const menu = one(".menu");
  if (menu) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        one("summary", menu).focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
  // The summary of what to correct has the cursor first; each of its links puts the cursor into the field it names.
  const errors = one("[data-errors]");
  if (errors) {
    errors.focus();
    errors.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const place = link && document.getElementById(link.getAttribute("href").slice(1));
      const field = place && (/^(INPUT|SELECT|TEXTAREA)$/.test(place.tagName) ? place : one("input:not([type=hidden]), select, textarea", place));
      if (!field) return;
      event.preventDefault();
      place.closest("details:not([open])")?.setAttribute("open", "");
      place.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }
})();
