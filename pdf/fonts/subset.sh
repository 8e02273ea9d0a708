#!/bin/sh
# Writes the faces of this folder anew from Debian's fonts-noto-core, fonts-droid-fallback and fonts-nanum,
# with fontTools.subset (pyftsubset) of python3-fonttools. Run it in this folder; README.md says what each file is.
set -eu
src=/usr/share/fonts/truetype

cut() { # out, source, code points
	/usr/bin/python3 -m fontTools.subset "$src/$2" --output-file="$1.ttf" --unicodes="$3" --no-hinting --desubroutinize \
		--glyph-names --notdef-outline --recommended-glyphs --name-IDs='*' --name-languages='0x409' \
		--drop-tables+=DSIG,FFTM,kern,gasp,meta,vhea,vmtx,VORG,BASE,JSTF,MATH \
		--layout-features='ccmp,locl,mark,mkmk,calt,clig,liga,rlig,curs,isol,init,medi,med2,fina,fin2,fin3,rvrn,abvf,abvm,abvs,blwf,blwm,blws,pref,pres,pstf,psts,half,haln,cjct,nukt,akhn,rphf,rkrf,vatu,cfar,dist,ljmo,vjmo,tjmo,stch'
}

latin=U+20-7E,U+A0-52F,U+1AB0-1AC0,U+1C80-1C88,U+1D00-20BF,U+20F0,U+2100-215F,U+2184-2189,U+25CC,U+2C60-2C7F,U+2DE0-2E52,U+A640-A69F,U+A700-A7CA,U+A7F5-A7FF,U+A92E,U+AB30-AB6B,U+FB00-FB06,U+FE20-FE2F,U+FFFD
cut sans noto/NotoSans-Regular.ttf "$latin"
cut sans-bold noto/NotoSans-Bold.ttf "$latin"

shared=U+20,U+A0,U+200B-200F,U+25CC
cut hebrew noto/NotoSansHebrew-Regular.ttf "$shared,U+0590-05FF,U+20AA,U+FB1D-FB4F"
cut arabic noto/NotoSansArabic-Regular.ttf "$shared,U+0600-06FF,U+0750-077F,U+08A0-08FF,U+FB50-FDFF,U+FE70-FEFC,U+204F,U+2E41"
cut bengali noto/NotoSansBengali-Regular.ttf "$shared,U+0964-0965,U+0980-09FF,U+1CD0-1CF9"
cut devanagari noto/NotoSansDevanagari-Regular.ttf "$shared,U+0900-097F,U+A8E0-A8FF,U+1CD0-1CF9"
cut gurmukhi noto/NotoSansGurmukhi-Regular.ttf "$shared,U+0A00-0A7F"
cut gujarati noto/NotoSansGujarati-Regular.ttf "$shared,U+0A80-0AFF"
cut tamil noto/NotoSansTamil-Regular.ttf "$shared,U+0B80-0BFF"
cut telugu noto/NotoSansTelugu-Regular.ttf "$shared,U+0C00-0C7F"
cut sinhala noto/NotoSansSinhala-Regular.ttf "$shared,U+0D80-0DFF"
cut thai noto/NotoSansThai-Regular.ttf "$shared,U+0E00-0E7F"
cut lao noto/NotoSansLao-Regular.ttf "$shared,U+0E80-0EFF"
cut myanmar noto/NotoSansMyanmar-Regular.ttf "$shared,U+1000-109F,U+A9E0-A9FF,U+AA60-AA7F"
cut georgian noto/NotoSansGeorgian-Regular.ttf "$shared,U+10A0-10FF,U+1C90-1CBF,U+2D00-2D2F"
cut ethiopic noto/NotoSansEthiopic-Regular.ttf "$shared,U+1200-139F,U+2D80-2DDF,U+AB00-AB2F"
cut khmer noto/NotoSansKhmer-Regular.ttf "$shared,U+1780-17FF,U+19E0-19FF"
cut armenian noto/NotoSansArmenian-Regular.ttf "$shared,U+0530-058F,U+FB13-FB17"
cut math noto/NotoSansMath-Regular.ttf "U+20,U+2190-22FF"
cut symbols noto/NotoSansSymbols2-Regular.ttf "U+20,U+2500-27BF"
cut han droid/DroidSansFallbackFull.ttf "U+20,U+3000-312F,U+3190-31BF,U+31F0-31FF,U+3220-3243,U+3280-32B0,U+3303-4DB5,U+4E00-9FA5,U+F900-FA2D,U+FE10-FE4F,U+FF01-FF9F,U+FFE0-FFE6"
cut hangul nanum/NanumGothic.ttf "U+20,U+3131-318E,U+3200-321E,U+3260-327F,U+AC00-D7A3"

# The Korean face's names are reserved by its license, so a changed copy carries another one.
for f in *.ttf; do
	/usr/bin/python3 - "$f" <<'P'
import sys
from fontTools.ttLib import TTFont
path = sys.argv[1]
font = TTFont(path, recalcTimestamp=False)
if path == "hangul.ttf":
    for record in list(font["name"].names):
        if record.nameID in (1, 3, 4, 6, 16, 18):
            record.string = "ReferralHangul" if record.nameID == 6 else "Referral Hangul"
font["post"].formatType = 3.0
font.save(path)
P
done
