// The page's style, whole. Its digest stands in the page's policy, so both change together (a test says the new one).

import { BASE } from "./style/base.js";
import { MATRIX } from "./style/matrix.js";
import { TIMELINE } from "./style/timeline.js";
import { VIOLATION } from "./style/violation.js";

export const STYLE = BASE + MATRIX + VIOLATION + TIMELINE;

export const STYLE_SHA256 = "H3QaciOS3ZugfDXYixZx9PToodUhbl9R6XN6hYhEN9Q=";
