package pdf

import (
	"os"
	"testing"
	"time"
)

func TestSample(t *testing.T) {
	out := os.Getenv("PDF_SAMPLE")
	if out == "" {
		t.Skip()
	}
	p := newPaper(Document{Title: "Referral, State copy", Subject: "Record", Reference: "7K4M-2QX9-C3TB-5", Version: "2", Digest: "0123456789abcdef0123456789abcdef",
		GeneratedFor: "Dana Reviewer, DCJS", Notice: "Confidential under Social Services Law 483-ff. Keep it where nobody else can read it.", At: time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)})
	p.Heading(1, "Referral of a person")
	p.Box("How to reach the person safely", "Call only between 9 and 11 in the morning. Say that you are calling about the library card. Never leave a message. اتصل بين 9 و 11 صباحا فقط. If somebody else answers, hang up.")
	p.Heading(2, "Names")
	for _, n := range names {
		p.Row("Name of the person as it is written on the papers that you saw", n)
	}
	p.Heading(2, "Narrative")
	p.Paragraph("The person said in Arabic: «محمد عبد الله يعمل في المطعم 12 ساعة في اليوم» and later in English that the door was locked from 6 pm. Ольга Сергеевна translated (interpreter no. 12345).\nSecond line with emoji 😀👍🏽 here.")
	p.Paragraph("قال الشخص إنه كان يعمل في مطعم (Golden Star Diner, Route 9) لمدة 14 ساعة في اليوم، ولم يحصل على أجره منذ 3 أشهر. وقال إن صاحب العمل أخذ جواز سفره ووعده بإعادته بعد سداد دين قدره 12,500 دولار.")
	p.Paragraph("আমি বাংলাদেশ থেকে এসেছি, শ্রমিক ক্ষতিগ্রস্ত। রহিমা খাতুন বলেছেন যে তিনি প্রতিদিন ১৪ ঘণ্টা কাজ করতেন এবং তার পাসপোর্ট নিয়ে নেওয়া হয়েছিল।")
	p.Paragraph("王小明被强迫劳动。陳美麗被強迫勞動。他说他在纽约的一家餐馆工作了三年,每天工作十四个小时,没有休息日,护照被老板拿走了。Mixed with English words and 김철수 강제 노동 피해자 한국어 문장도 있습니다.")
	p.Paragraph("میں نے پولیس کو بتایا ٹھیک ہے۔ ייִדיש אַרבעט פֿאַר קינדער שלום עולם")
	p.Paragraph("मेरो नाम सीता हो, नेपाल। สวัสดีครับ ฉันทำงานที่ร้านอาหาร ნინო ბერიძე Արմեն ሰላም ਸਤ ਸ੍ਰੀ ਅਕਾਲ ગુજરાતી தமிழ் తెలుగు සිංහල ພາສາລາວ မြန်မာ ភាសាខ្មែរ ☐ ☑ → ✓")
	p.List([]string{"First point, short.", "Second point, which is long enough to be broken over more than a single line of the list so that one sees the hanging indent of it, as it should be.", "שלום"})
	p.Table([]string{"Date", "What", "By"}, []float64{1, 3, 1}, [][]string{{"2026-10-05", "Submitted with all the consent that is needed and more text to wrap in this column because it is long", "Referrer"}, {"2026-10-06", "Taken", "Reviewer"}})
	for i := range 30 {
		p.Row("Label", "value "+names[i%len(names)])
	}
	b, lack, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(lack, len(b), len(p.slots.all))
	os.WriteFile(out, b, 0o600)
}

var names = []string{"Nguyễn Thị Ánh", "محمد عبد الله", "מרים", "রহিমা খাতুন", "Ольга Сергеевна", "김민지", "Sukarno", "O’Neill-Ávila"}
