/// Asia and Africa.
extension Region {
    static let asianAndAfrican: [Region] = [
        Region(
            "EG", "ar", [.arabic], share: 2, tax: 140, phone: "+20 2 5550 0###", line: "* @",
            streets: """
                شارع التحرير, شارع النيل, شارع الهرم, ميدان طلعت حرب
                """,
            places: """
                القاهرة||115##, الإسكندرية||215##, الجيزة||125##
                """),
        Region(
            "AE", "ar", [.arabic, .english], share: 3, tax: 50, phone: "+971 4 555 0###", line: "@ *",
            streets: """
                شارع الشيخ زايد, شارع الوصل, شارع الخليج
                """,
            places: """
                دبي|DU|, أبو ظبي|AZ|, الشارقة|SH|
                """),
        Region(
            "MA", "ar", [.arabic, .french], share: 2, tax: 200, phone: "+212 520-00####", line: "* @",
            streets: """
                شارع محمد الخامس, زنقة الورد, شارع الحسن الثاني
                """,
            places: """
                الدار البيضاء||20###, مراكش||40###, فاس||30###
                """),
        Region(
            "IL", "he", [.hebrew], share: 3, tax: 180, phone: "+972 3-555-0###", line: "@ *",
            streets: """
                רחוב הרצל, שדרות רוטשילד, רחוב דיזנגוף, רחוב בן יהודה, דרך השלום
                """,
            places: """
                תל אביב-יפו||6#####0, ירושלים||9#####0, חיפה||3#####0, באר שבע||8#####0
                """),
        Region(
            "IN", "hi", [.hindi], share: 7, tax: 180, phone: "+91 22 5550 0###", line: "*, @",
            streets: """
                महात्मा गांधी मार्ग, नेहरू नगर, स्टेशन रोड, गोकुल धाम, लक्ष्मी चौक
                """,
            places: """
                मुंबई|MH|4000##, दिल्ली|DL|1100##, जयपुर|RJ|3020##, वाराणसी|UP|2210##
                """),
        Region(
            "BD", "bn", [.bengali], share: 3, tax: 150, phone: "+880 2 5550 0###", line: "@ *",
            streets: """
                ধানমন্ডি, গুলশান এভিনিউ, মিরপুর রোড, কাজী নজরুল ইসলাম সরণি
                """,
            places: """
                ঢাকা|BD-13|12##, চট্টগ্রাম|BD-10|40##, সিলেট|BD-60|31##
                """),
        Region(
            "TH", "th", [.thai], share: 3, tax: 70, phone: "+66 2 555 0###", line: "* @",
            streets: """
                ถนนสุขุมวิท, ถนนพระราม ๔, ซอยทองหล่อ, ถนนเยาวราช
                """,
            places: """
                กรุงเทพมหานคร|TH-10|10##0, เชียงใหม่|TH-50|50##0, ภูเก็ต|TH-83|83##0
                """),
        Region(
            "VN", "vi", [.vietnamese], share: 3, tax: 100, phone: "+84 24 5555 0###", line: "* @",
            streets: """
                Đường Lê Lợi, Phố Hàng Bạc, Đường Nguyễn Huệ, Ngõ Tạm Thương
                """,
            places: """
                Hà Nội||10####, Thành phố Hồ Chí Minh||70####, Đà Nẵng||55####, Huế||49####
                """),
        Region(
            "CN", "zh", [.chinese], share: 6, tax: 130, phone: "+86 10 5555 0###", line: "@*号",
            streets: """
                人民路, 中山东路, 解放大街, 长安街, 和平里, 花园路
                """,
            places: """
                北京市|CN2|1000##, 上海市|CN9|2000##, 广州市|CN30|5100##, 成都市|CN26|6100##
                """),
        Region(
            "TW", "zh", [.chinese], share: 2, tax: 50, phone: "+886 2 5550 0###", line: "@*號",
            streets: """
                忠孝東路, 中正路, 民生西路, 復興街
                """,
            places: """
                台北市|TPE|10#, 高雄市|KHH|80#, 臺南市|TNN|70#
                """),
        Region(
            "JP", "ja", [.japanese], share: 6, tax: 100, phone: "+81 3-5550-0###", line: "@#-#-*",
            streets: """
                神南, 本町, 中央, 銀座, さくら台, みなとみらい
                """,
            places: """
                渋谷区|JP13|150-00##, 大阪市北区|JP27|530-00##, 横浜市|JP14|231-00##, 京都市|JP26|604-80##
                """),
        Region(
            "KR", "ko", [.korean], share: 5, tax: 100, phone: "+82 2-5550-0###", line: "@ *",
            streets: """
                세종대로, 강남대로, 테헤란로, 달빛로, 한강대로
                """,
            places: """
                서울특별시||04###, 부산광역시||48###, 제주시||63###, 대구광역시||41###
                """),
        Region(
            "KE", "sw", [.swahili, .english], share: 2, tax: 160, phone: "+254 20 555 0###", line: "@ *",
            streets: """
                Moi Avenue, Kenyatta Avenue, Barabara ya Haile Selassie, Uhuru Highway
                """,
            places: """
                Nairobi|KE30|00#00, Mombasa|KE28|80#00, Kisumu|KE17|40#00
                """),
        Region(
            "TZ", "sw", [.swahili], share: 2, tax: 180, phone: "+255 22 555 0###", line: "@ *",
            streets: """
                Barabara ya Nyerere, Mtaa wa Samora, Mtaa wa Uhuru
                """,
            places: """
                Dar es Salaam|TZ02|11###, Dodoma|TZ03|41###, Zanzibar|TZ15|71###
                """),
        Region(
            "NG", "yo", [.yoruba], share: 3, tax: 75, phone: "+234 1 555 0###", line: "* @",
            streets: """
                Adéọlá Ọdẹ́kù Street, Awólọ́wọ̀ Road, Allen Avenue, Ring Road
                """,
            places: """
                Lagos|LA|1012##, Ìbàdàn|OY|2002##, Abẹ́òkúta|OG|1102##, Òṣogbo|OS|2302##
                """),
    ]
}
