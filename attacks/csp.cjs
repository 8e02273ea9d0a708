// Judges a Content-Security-Policy: node csp.cjs POLICY prints what is wrong
// with it as a list of sentences, from "medium" on.
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

const found = new CspEvaluator(new CspParser(process.argv[2] || "").csp).evaluate();
const grave = found.filter((f) => f.severity <= Severity.MEDIUM);
console.log(JSON.stringify(grave.map((f) => [f.directive, f.value, f.description].filter(Boolean).join(" "))));
