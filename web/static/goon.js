"use strict";

// Sends a form of data-go as soon as it is there.
document.querySelector("form[data-go]").submit();
