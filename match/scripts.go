package match

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold writes a name in plain small Latin letters, as far as it can be told:
// without accents, with apostrophes dropped and all else between words as one
// space. A hyphen is kept, for it may join or part. Arabic, Bengali, Cyrillic,
// Hebrew and Korean letters become the Latin ones that people write for them;
// Chinese characters stay, for how they sound cannot be told from them alone.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range cases.Fold().String(norm.NFKD.String(s)) {
		latin, known := latinOf[r]
		switch {
		case !known && (r >= 'a' && r <= 'z' || unicode.IsDigit(r) || unicode.IsLetter(r)):
			latin = string(r)
		case !known && (unicode.IsMark(r) || strings.ContainsRune("'’ʼ‘`ʻ׳״", r)):
			continue
		case !known:
			space = r != '-' && r != '‐' && r != '‑'
			if !space && b.Len() > 0 {
				b.WriteByte('-')
			}
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		if b.Len() == 0 || strings.HasSuffix(b.String(), " ") || strings.HasSuffix(b.String(), "-") {
			latin = firstOf(r, latin)
		}
		b.WriteString(latin)
	}
	return b.String()
}

// firstOf is the Latin for a letter at the beginning of a word, where some
// stand for a consonant and else for a vowel.
func firstOf(r rune, latin string) string {
	switch r {
	case 'و':
		return "w"
	case 'ו':
		return "v"
	}
	return latin
}

// latinOf is the Latin for letters of other scripts, each by itself: enough to
// compare how names sound. Vowels that a script does not write are missing;
// what sounds alike is compared without vowels anyway.
var latinOf = func() map[rune]string {
	out := map[rune]string{}
	for _, table := range []string{
		// Latin letters that do not come apart.
		"đ=d ð=d ħ=h ı=i ł=l ø=o œ=oe æ=ae ß=ss þ=th ŧ=t ə=a ŋ=n",
		// Cyrillic, with Ukrainian. й comes apart into и and a mark.
		"а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=u",
		// Hebrew and Yiddish.
		"א=a ב=b ג=g ד=d ה=h ו=u ז=z ח=h ט=t י=y כ=k ך=k ל=l מ=m ם=m נ=n ן=n ס=s ע=a פ=p ף=f צ=ts ץ=ts ק=k ר=r ש=sh ת=t",
		// Arabic, with Persian and Urdu.
		"ا=a ب=b ت=t ث=th ج=j ح=h خ=kh د=d ذ=dh ر=r ز=z س=s ش=sh ص=s ض=d ط=t ظ=z ع=a غ=gh ف=f ق=q ك=k ل=l م=m ن=n ه=h و=u ي=y ى=a ة=a ء= ٱ=a پ=p چ=ch ژ=zh گ=g ک=k ی=y ے=y ٹ=t ڈ=d ڑ=r ں=n ہ=h ھ=h ۃ=a ـ=",
		// Bengali.
		"অ=o আ=a ই=i ঈ=i উ=u ঊ=u ঋ=ri এ=e ঐ=oi ও=o ঔ=ou ক=k খ=kh গ=g ঘ=gh ঙ=ng চ=ch ছ=chh জ=j ঝ=jh ঞ=n ট=t ঠ=th ড=d ঢ=dh ণ=n ত=t থ=th দ=d ধ=dh ন=n প=p ফ=f ব=b ভ=bh ম=m য=j র=r ল=l শ=sh ষ=sh স=s হ=h ৎ=t ং=ng ঃ=h া=a ি=i ী=i ু=u ূ=u ৃ=ri ে=e ৈ=oi ো=o ৌ=ou",
		// Korean, as syllables come apart: first consonants, vowels, last consonants.
		"ᄀ=g ᄁ=kk ᄂ=n ᄃ=d ᄄ=tt ᄅ=r ᄆ=m ᄇ=b ᄈ=pp ᄉ=s ᄊ=ss ᄋ= ᄌ=j ᄍ=jj ᄎ=ch ᄏ=k ᄐ=t ᄑ=p ᄒ=h",
		"ᅡ=a ᅢ=ae ᅣ=ya ᅤ=yae ᅥ=eo ᅦ=e ᅧ=yeo ᅨ=ye ᅩ=o ᅪ=wa ᅫ=wae ᅬ=oe ᅭ=yo ᅮ=u ᅯ=wo ᅰ=we ᅱ=wi ᅲ=yu ᅳ=eu ᅴ=ui ᅵ=i",
		"ᆨ=k ᆩ=k ᆪ=k ᆫ=n ᆬ=n ᆭ=n ᆮ=t ᆯ=l ᆰ=k ᆱ=m ᆲ=l ᆳ=l ᆴ=l ᆵ=p ᆶ=l ᆷ=m ᆸ=p ᆹ=p ᆺ=t ᆻ=t ᆼ=ng ᆽ=t ᆾ=t ᆿ=k ᇀ=t ᇁ=p ᇂ=t",
	} {
		for pair := range strings.FieldsSeq(table) {
			from, to, _ := strings.Cut(pair, "=")
			for _, r := range norm.NFKD.String(from) {
				if !unicode.Is(unicode.Mn, r) || len([]rune(from)) == 1 {
					out[r] = to
					break
				}
			}
		}
	}
	return out
}()

// latin reports whether a name is written in Latin letters.
func latin(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// han reports whether a word is written in Chinese characters.
func han(word string) bool {
	for _, r := range word {
		return unicode.Is(unicode.Han, r)
	}
	return false
}

// classes are consonants that are taken for each other, over languages and
// spellings: Schwartz and Shvarts, Kowalski and Kovalsky, Gonzalez and Gonsales.
var classes = map[byte]byte{
	'b': 'P', 'f': 'P', 'p': 'P', 'v': 'P', 'w': 'P',
	'c': 'C', 'g': 'C', 'j': 'C', 'k': 'C', 'q': 'C', 's': 'C', 'x': 'C', 'z': 'C',
	'd': 'T', 't': 'T', 'l': 'L', 'm': 'M', 'n': 'N', 'r': 'R',
}

// sound is a folded word without its vowels, each consonant as its class, twice
// the same as one. A vowel or h at the beginning is A. It is Soundex without
// its first letter, which differs between spellings of one name, and without
// its end: NYSIIS and Soundex know English only.
func sound(word string) string {
	if han(word) {
		return word
	}
	out := make([]byte, 0, len(word))
	last := byte(0)
	for i := range len(word) {
		class := classes[word[i]]
		if class == 0 && i == 0 {
			out = append(out, 'A')
		}
		if class != 0 && class != last {
			out = append(out, class)
		}
		last = class
	}
	return string(out)
}
