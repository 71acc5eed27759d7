/// Names of Asia and Africa.
extension NameTable {
    static let arabic = NameTable(
        first: """
            محمد=mohamed, فاطمة=fatima, أحمد=ahmed, عائشة=aisha, عمر=omar, مريم=maryam, يوسف=youssef, ليلى=layla, خالد=khaled
            نور=nour, علي=ali, سارة=sara, حسن=hassan, عبد الله=abdullah, ياسمين=yasmin, إبراهيم=ibrahim, هدى=huda
            """,
        last: """
            حسين=hussein, العربي=alarabi, الشريف=elsherif, منصور=mansour, بن علي=benali, خليل=khalil, النجار=alnajjar
            المصري=elmasry, الحداد=alhaddad, سليمان=suleiman, عبد الرحمن=abdelrahman, القاسمي=alqasimi, بركات=barakat, صالح=saleh
            الفاسي=elfassi, درويش=darwish
            """)

    static let hebrew = NameTable(
        first: """
            נועה=noa, דוד=david, תמר=tamar, יוסף=yosef, מיכל=michal, אברהם=avraham, שירה=shira, איתי=itai, רחל=rachel
            יונתן=yonatan, מאיה=maya, משה=moshe, אסתר=esther, עידו=ido, יעל=yael, גל=gal
            """,
        last: """
            כהן=cohen, לוי=levi, מזרחי=mizrahi, פרץ=peretz, ביטון=biton, אברהמי=avrahami, פרידמן=friedman, בן-דוד=ben-david
            שפירא=shapira, גולדברג=goldberg, אוחנה=ohana, רוזן=rosen, בר-לב=bar-lev, חדד=hadad, גבאי=gabay, אזולאי=azoulay
            """)

    static let hindi = NameTable(
        first: """
            आरव=aarav, अनन्या=ananya, विवान=vivaan, दीया=diya, अर्जुन=arjun, प्रिया=priya, रोहन=rohan, काव्या=kavya, संजय=sanjay
            मीरा=meera, राहुल=rahul, सुनीता=sunita, अमित=amit, लक्ष्मी=lakshmi, विक्रम=vikram, नेहा=neha
            """,
        last: """
            शर्मा=sharma, वर्मा=verma, गुप्ता=gupta, सिंह=singh, पटेल=patel, मेहता=mehta, जोशी=joshi, मिश्रा=mishra
            त्रिपाठी=tripathi, अग्रवाल=agarwal, चौहान=chauhan, कपूर=kapoor, मल्होत्रा=malhotra, यादव=yadav, देसाई=desai
            ठाकुर=thakur
            """)

    static let bengali = NameTable(
        first: """
            রহিম=rahim, আয়েশা=ayesha, করিম=karim, ফারহানা=farhana, সৌমিত্র=soumitra, অনিতা=anita, তানভীর=tanvir, নুসরাত=nusrat
            শুভ=shuvo, মৌসুমী=moushumi, আরিফ=arif, সুমাইয়া=sumaiya, রফিক=rafiq, জান্নাত=jannat, অভিজিৎ=abhijit, রুমানা=rumana
            """,
        last: """
            হোসেন=hossain, রহমান=rahman, ইসলাম=islam, আহমেদ=ahmed, চৌধুরী=chowdhury, দাস=das, সরকার=sarkar
            মুখোপাধ্যায়=mukhopadhyay, খান=khan, বিশ্বাস=biswas, মিয়া=mia, সেন=sen, আলী=ali, ভট্টাচার্য=bhattacharya, ঘোষ=ghosh
            হক=haque
            """)

    static let thai = NameTable(
        first: """
            สมชาย=somchai, สุดา=suda, ณัฐพล=nattapon, อรทัย=orathai, กมล=kamon, พิมพ์ชนก=pimchanok, ธนากร=thanakorn, มาลี=malee
            วิชัย=wichai, นภา=napa, ประเสริฐ=prasert, ศิริพร=siriporn, อนันต์=anan, จินตนา=jintana, กิตติ=kitti, รัตนา=rattana
            """,
        last: """
            ใจดี=jaidee, ศรีสุข=srisuk, วงศ์สวัสดิ์=wongsawat, ทองดี=thongdee, สุขใจ=sukjai, แสงทอง=saengthong, บุญมี=boonmee
            พงษ์ไพบูลย์=phongphaibun, รัตนกุล=rattanakul, ชัยมงคล=chaimongkol, มั่นคง=mankhong, ศรีวิไล=sriwilai
            เพชรรัตน์=phetcharat, จันทร์เพ็ญ=chanphen, อยู่เย็น=yuyen, นาคสุข=naksuk
            """)

    static let vietnamese = NameTable(
        first: """
            Anh, Hương=huong, Minh, Thảo=thao, Đức=duc, Ngọc=ngoc, Tuấn=tuan, Phương=phuong, Hùng=hung, Yến=yen, Quân=quan
            Thị Hồng=thihong, Dũng=dung, Bích=bich, Việt=viet, Trâm=tram, Sơn=son, Mỹ Duyên=myduyen
            """,
        last: """
            Nguyễn=nguyen, Trần=tran, Lê=le, Phạm=pham, Huỳnh=huynh, Hoàng=hoang, Phan, Vũ=vu, Võ=vo, Đặng=dang, Bùi=bui, Đỗ=do
            Hồ=ho, Ngô=ngo, Dương=duong, Lý=ly, Tôn Thất=tonthat, Đoàn=doan
            """)

    static let chinese = NameTable(
        first: """
            伟=wei, 秀英=xiuying, 娜=na, 敏=min, 静=jing, 磊=lei, 洋=yang, 艳=yan, 勇=yong, 杰=jie, 子涵=zihan, 浩然=haoran, 欣怡=xinyi, 建国=jianguo
            雨桐=yutong, 志强=zhiqiang, 思远=siyuan, 美玲=meiling
            """,
        last: """
            王=wang, 李=li, 张=zhang, 刘=liu, 陈=chen, 杨=yang, 黄=huang, 赵=zhao, 吴=wu, 周=zhou, 徐=xu, 孙=sun, 欧阳=ouyang, 司马=sima, 诸葛=zhuge
            朱=zhu, 林=lin, 郭=guo
            """)

    static let japanese = NameTable(
        first: """
            陽菜=hina, 蓮=ren, さくら=sakura, 大翔=hiroto, 結衣=yui, ひかり=hikari, 健太=kenta, 美咲=misaki, 翔太=shota, あかり=akari, 直樹=naoki, 愛子=aiko
            ケンジ=kenji, 由美=yumi, つばさ=tsubasa, エミ=emi, 拓海=takumi
            """,
        last: """
            佐藤=sato, 鈴木=suzuki, 高橋=takahashi, 田中=tanaka, 伊藤=ito, 渡辺=watanabe, 山本=yamamoto, 中村=nakamura, 小林=kobayashi, 加藤=kato
            吉田=yoshida, 山田=yamada, 佐々木=sasaki, 長谷川=hasegawa, 井上=inoue, 松本=matsumoto
            """)

    static let korean = NameTable(
        first: """
            민준=minjun, 서연=seoyeon, 지훈=jihoon, 수빈=subin, 하은=haeun, 도윤=doyun, 예은=yeeun, 현우=hyunwoo, 지우=jiwoo, 은지=eunji, 성민=sungmin
            유나=yuna, 태현=taehyun, 미영=miyoung, 동혁=donghyuk, 소희=sohee
            """,
        last: """
            김=kim, 이=lee, 박=park, 최=choi, 정=jung, 강=kang, 조=cho, 윤=yoon, 장=jang, 임=lim, 한=han, 오=oh, 서=seo, 신=shin, 남궁=namgung
            황보=hwangbo
            """)

    static let swahili = NameTable(
        first: """
            Amani, Zawadi, Juma, Neema, Baraka, Rehema, Hamisi, Asha, Jabari, Mwanaidi, Sefu, Furaha, Salim, Imani, Tumaini
            Bahati, Wanjiru
            """,
        last: """
            Mwangi, Otieno, Kamau, Ochieng'=ochieng, Nyong'o=nyongo, Mushi, Kimaro, Mollel, Njoroge, Kipchoge, Odhiambo, Mwakyusa
            Juma, Shirima, Ng'ang'a=nganga, Wambui
            """)

    static let yoruba = NameTable(
        first: """
            Adébáyọ̀=adebayo, Fọlákẹ́=folake, Ọlámidé=olamide, Títílayọ̀=titilayo, Babátúndé=babatunde, Ìyábọ̀=iyabo
            Kẹ́hìndé=kehinde, Táíwò=taiwo, Adéọlá=adeola, Ṣadé=sade, Oluwaseun, Ayọ̀délé=ayodele, Bọ́láńlé=bolanle, Ṣẹ́gun=segun
            Yétúndé=yetunde, Dámiọ́lá=damiola
            """,
        last: """
            Adéyemí=adeyemi, Ògúnlẹ́yẹ=ogunleye, Akínwándé=akinwande, Ọbásanjọ́=obasanjo, Balógun=balogun, Fálọlá=falola
            Ṣóyínká=soyinka, Adébísí=adebisi, Òkúnọlá=okunola, Ajàyí=ajayi, Ọ̀ṣúndáre=osundare, Àkàndé=akande, Olúwọlé=oluwole
            Adéníyì=adeniyi, Ọláníyan=olaniyan, Bámidélé=bamidele
            """)
}
