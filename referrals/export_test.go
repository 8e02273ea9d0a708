package referrals

// LetterCode is the code of a letter, for tests of what no letter was issued for.
func (s *Service) LetterCode(ref string) (string, error) { return s.letterCode(ref) }
