package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/setting"
	"nysreferral/store"
	"nysreferral/workflow"
)

// FolderKind says what a folder (a database) is for.
type FolderKind string

// The kinds of folders. The zero value has not been said yet.
const (
	Unsaid     FolderKind = ""
	Demo       FolderKind = "demo"       // made-up people; never for real ones
	Production FolderKind = "production" // real people; never made-up contact points
	Moved      FolderKind = "moved"      // all of it lies in another database now
)

// HolidaysPrefix begins the ids by which the log names the holidays of a year.
const HolidaysPrefix = "holidays."

const (
	folderKey   = "folder"
	holidaysKey = HolidaysPrefix // and the year
)

// Folder returns what this folder is for.
func (s *Service) Folder(ctx context.Context) (FolderKind, error) {
	return folder(ctx, s.DB.Read().Setting)
}

func folder(ctx context.Context, c *ent.SettingClient) (FolderKind, error) {
	row, err := c.Query().Where(setting.Key(folderKey)).Only(ctx)
	if ent.IsNotFound(err) {
		return Unsaid, nil
	}
	if err != nil {
		return Unsaid, fmt.Errorf("registry: reading what the folder is for: %w", err)
	}
	return FolderKind(row.Value), nil
}

// Dedicate says once what this folder is for. Saying the same again does
// nothing; another kind is an error, for a folder never changes sides.
func (s *Service) Dedicate(ctx context.Context, kind FolderKind) error {
	if kind != Demo && kind != Production {
		return fmt.Errorf("registry: a folder is for %s or %s, not %q", Demo, Production, kind)
	}
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		is, err := folder(ctx, tx.Setting)
		if err != nil || is == kind {
			return err
		}
		if is != Unsaid {
			return fmt.Errorf("registry: this folder is for %s and cannot become one for %s", is, kind)
		}
		if err := tx.Setting.Create().SetKey(folderKey).SetValue(string(kind)).Exec(ctx); err != nil {
			return fmt.Errorf("registry: saying what the folder is for: %w", err)
		}
		l := s.line(machine(), SetFolder)
		l.Reason = string(kind)
		return audit.Add(ctx, tx, l)
	})
	if !ent.IsConstraintError(err) {
		return err
	}
	if is, asked := s.Folder(ctx); asked == nil && is == kind {
		return nil // another program was faster
	}
	return err
}

// Leave says that all of this folder was moved to another database, so that
// nobody goes on here by mistake.
func (s *Service) Leave(ctx context.Context) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		if allow := s.DB.Leaving(); allow != "" { // it is frozen already
			if _, err := tx.ExecContext(ctx, allow); err != nil {
				return fmt.Errorf("registry: saying that the folder was moved: %w", err)
			}
		}
		if _, err := tx.Setting.Delete().Where(setting.Key(folderKey)).Exec(ctx); err != nil {
			return fmt.Errorf("registry: saying that the folder was moved: %w", err)
		}
		if err := tx.Setting.Create().SetKey(folderKey).SetValue(string(Moved)).Exec(ctx); err != nil {
			return fmt.Errorf("registry: saying that the folder was moved: %w", err)
		}
		l := s.line(machine(), SetFolder)
		l.Reason = string(Moved)
		return audit.Add(ctx, tx, l)
	})
}

// Restored returns of when this database is a copy that was put back and that
// nobody has accepted yet; "" when it is none.
func (s *Service) Restored(ctx context.Context) (string, error) {
	row, err := s.DB.Read().Setting.Query().Where(setting.Key(store.RestoredKey)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("registry: reading whether this is a copy: %w", err)
	}
	return row.Value, nil
}

// Accept says that somebody has looked through a copy that was put back: from
// now on it serves.
func (s *Service) Accept(ctx context.Context) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		if _, err := tx.Setting.Delete().Where(setting.Key(store.RestoredKey)).Exec(ctx); err != nil {
			return fmt.Errorf("registry: accepting a copy: %w", err)
		}
		l := s.line(machine(), SetFolder)
		l.Reason = "a copy that was put back is accepted"
		return audit.Add(ctx, tx, l)
	})
}

// Year is the holidays of one year.
type Year struct {
	Year int
	Rev  int       // of the State's own list; 0 when the law's days hold
	Own  []Holiday // the State's own list, which replaces the law's; empty when there is none
	Law  []Holiday // what the law says
}

// Holiday is a public holiday on the day on which it is kept.
type Holiday struct {
	Date string `json:"date"` // 2026-11-03
	Name string `json:"name"`
}

// Days returns the holidays that hold.
func (y Year) Days() []Holiday {
	if len(y.Own) > 0 {
		return y.Own
	}
	return y.Law
}

// kept is the form of a year's own list in the table.
type kept struct {
	Rev  int       `json:"rev"`
	Days []Holiday `json:"days"`
}

// Holidays returns the holidays of a year from 2000 to 2199.
func (s *Service) Holidays(ctx context.Context, who workflow.Actor, year int) (Year, error) {
	var out Year
	err := s.do(ctx, who, ReadHolidays, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, _, err = readYear(ctx, tx, year)
		l.Refs = []string{holidaysKey + strconv.Itoa(year)}
		return err
	})
	return out, err
}

func readYear(ctx context.Context, tx *ent.Tx, year int) (y Year, value string, err error) {
	y = Year{Year: year}
	for _, h := range calendar.New(calendar.Options{}).Holidays(year) {
		y.Law = append(y.Law, Holiday{h.Date.String(), h.Name})
	}
	row, err := tx.Setting.Query().Where(setting.Key(holidaysKey + strconv.Itoa(year))).Only(ctx)
	if ent.IsNotFound(err) {
		return y, "", nil
	}
	if err != nil {
		return y, "", fmt.Errorf("registry: reading holidays: %w", err)
	}
	k, err := readDays(row.Value)
	y.Rev, y.Own = k.Rev, k.Days
	return y, row.Value, err
}

func readDays(value string) (kept, error) {
	var k kept
	if err := json.Unmarshal([]byte(value), &k); err != nil {
		return k, fmt.Errorf("registry: reading holidays: %w", err)
	}
	return k, nil
}

// SaveHolidays keeps the State's own list of a year's holidays, which replaces
// the law's; an empty list goes back to the law. Deadlines that were set stay.
// It returns Problems, or fault.Conflict when rev is not the one that is kept.
func (s *Service) SaveHolidays(ctx context.Context, who workflow.Actor, year, rev int, days []Holiday) (Year, error) {
	var out Year
	err := s.do(ctx, who, SaveHolidays, func(tx *ent.Tx, l *audit.Line) error {
		is, value, err := readYear(ctx, tx, year)
		if err != nil {
			return err
		}
		if err := checkDays(year, days).err(); err != nil {
			return err
		}
		if is.Rev != rev {
			return stale("the holidays of this year")
		}
		slices.SortFunc(days, func(a, b Holiday) int { return strings.Compare(a.Date, b.Date) })
		next, err := json.Marshal(kept{rev + 1, days})
		if err != nil {
			return fmt.Errorf("registry: writing holidays: %w", err)
		}
		key := holidaysKey + strconv.Itoa(year)
		if err := keep(ctx, tx, key, value, string(next)); err != nil {
			return err
		}
		out, _, err = readYear(ctx, tx, year)
		l.Refs, l.Reason = []string{key}, fmt.Sprintf("%d days", len(days))
		return err
	})
	if err == nil && s.OnHolidays != nil {
		err = s.OnHolidays(ctx)
	}
	return out, err
}

// keep writes a setting that was seen as was ("" for not there).
func keep(ctx context.Context, tx *ent.Tx, key, was, is string) error {
	if was == "" {
		err := tx.Setting.Create().SetKey(key).SetValue(is).Exec(ctx)
		if ent.IsConstraintError(err) {
			return stale("this setting")
		}
		if err != nil {
			return fmt.Errorf("registry: adding a setting: %w", err)
		}
		return nil
	}
	n, err := tx.Setting.Update().Where(setting.Key(key), setting.Value(was)).SetValue(is).Save(ctx)
	if err != nil {
		return fmt.Errorf("registry: changing a setting: %w", err)
	}
	if n == 0 {
		return stale("this setting")
	}
	return nil
}

// checkDays tidies the names and says what is wrong; a problem's field is
// "days.N" of the N-th day, counted from 0, or "year".
func checkDays(year int, days []Holiday) Problems {
	var bad Problems
	if year < 2000 || year > 2199 {
		bad.add("year", "Choose a year from 2000 to 2199.")
	}
	if len(days) > 60 {
		bad.add("year", "Enter at most 60 days.")
	}
	seen := map[string]bool{}
	for i := range days {
		field := "days." + strconv.Itoa(i)
		var wrong string
		if days[i].Name, wrong = plain(days[i].Name, true, "the holiday's name"); wrong != "" {
			bad.add(field, wrong)
		}
		date, err := calendar.ParseDate(days[i].Date)
		if err != nil || date.Year != year || seen[days[i].Date] {
			bad.add(field, fmt.Sprintf("Enter a day of %d that is not in the list yet.", year))
		}
		seen[days[i].Date] = true
	}
	return bad
}

// Overrides returns the State's own lists of holidays by year, for
// calendar.Options.Override, for the program itself.
func (s *Service) Overrides(ctx context.Context) (map[int][]calendar.Holiday, error) {
	rows, err := s.DB.Read().Setting.Query().Where(setting.KeyHasPrefix(holidaysKey)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading holidays: %w", err)
	}
	out := map[int][]calendar.Holiday{}
	for _, row := range rows {
		year, err := strconv.Atoi(strings.TrimPrefix(row.Key, holidaysKey))
		if err != nil {
			return nil, fmt.Errorf("registry: reading holidays: %w", err)
		}
		k, err := readDays(row.Value)
		if err != nil {
			return nil, err
		}
		for _, d := range k.Days {
			date, err := calendar.ParseDate(d.Date)
			if err != nil {
				return nil, fmt.Errorf("registry: reading holidays: %w", err)
			}
			out[year] = append(out[year], calendar.Holiday{Date: date, Name: d.Name})
		}
	}
	if err := (calendar.Options{Override: out}).Check(); err != nil {
		return nil, fmt.Errorf("registry: reading holidays: %w", err)
	}
	return out, nil
}
