// The badge: well-formed SVG that says the verdict to eyes and to screen readers.

import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import badge from "./badge.js";
import { broken, failing, motley, passing } from "./fixtures/reports.fixture.js";

const render = (report: Parameters<typeof badge.render>[0]): string => badge.render(report, { colour: false, width: 120 });

describe("badge", () => {
  it.each([
    ["conforms · 5 profiles", passing],
    ["violates 3 clauses", failing],
    ["flaky", motley],
    ["error", broken],
  ])("says %s", async (words, make) => {
    const svg = render(make());
    expect(svg).toContain(`aria-label="ctxspec: ${words}"`);
    expect(svg).toContain(`>${words}</text>`);
    const { errors } = await validateXML({
      xml: [{ fileName: "badge.svg", contents: svg }],
      schema: [{ fileName: "any.xsd", contents: ANY }],
    });
    expect(errors).toEqual([]);
  });
});

/** A schema that takes any SVG: what is checked is that the file is well-formed. */
const ANY = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/svg">
<xs:element name="svg"><xs:complexType mixed="true"><xs:sequence><xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>`;
