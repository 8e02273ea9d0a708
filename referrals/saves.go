package referrals

// Saves returns nil while what is sent can be kept, and fault.Unavailable while the
// disk is full or has failed: then nothing that writes is to be begun.
func (s *Service) Saves() error { return s.DB.Saves() }
