// Package directory knows New York's counties, social services districts and
// regions, and the contact points to which a referral or a notice can be
// handed over. It reads and writes directory files, says how two directories
// differ, and which points serve a county on a day. It is rules and facts
// only: no table, no clock, no ranking of providers, no county from a ZIP
// code (ZIP codes cross county lines). Which point is used is decided by the
// caller, who must not send anything to one that is not Verified.
//
// # Facts
//
// The facts lie in the folder facts and are part of the program:
//
//   - counties.csv: the 62 counties with FIPS code, region of the Response to
//     Human Trafficking Program (RHTP), local department of social services
//     (LDSS) and RHTP provider. Each line says where it was found.
//   - regions.csv: regional offices of the Office of Children and Family
//     Services (OCFS) and regions of the Regional Economic Development
//     Councils (REDC).
//   - points.csv: contact points in the form of an import file. A line with
//     the key of one made from counties.csv takes its place, the others are
//     added: New York City's adult and child points, and lines that serve one
//     purpose only (children, financial or medical assistance, after hours).
//
// In a source, "S:" marks what a public page says, "recall" what is only
// remembered, "UNVERIFIED" and "not found" what they say. Many lines are of
// 2012 to 2023 and belong to a unit, not to a trafficking liaison. So nothing
// in the facts counts as verified: a State administrator must call first.
//
// # Sources
//
// Law: Social Services Law 61 (57 county districts and New York City as one);
// Social Services Law 483-cc(b) and 447-b (children); county codes are the FIPS
// codes of the Census Bureau; regions of the program from OTDA's request for
// proposals of 2018.
package directory
