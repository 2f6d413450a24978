// The code of a QR stands behind # in the address, which no server sees: put it into the field.
"use strict";
{
  const field = document.querySelector("[data-code]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (field && code && !field.value) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
    field.form.querySelector("button").focus();
  }
}
