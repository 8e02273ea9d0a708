// Package reports counts referrals for those who may know how many and not
// who: how soon the State decides, how many were confirmed, sent, reached and
// served, and where people are lost on the way. It takes one Fact a referral,
// made of moments and codes, and gives tables in which no small number stands
// and from which none can be computed. It reads no database, no clock and no
// answer of a form, opens nothing that is sealed, and decides nobody's rights:
// package referrals streams the facts and keeps the line in the log.
package reports
