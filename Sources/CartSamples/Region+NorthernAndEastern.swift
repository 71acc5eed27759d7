/// Northern and eastern Europe.
extension Region {
    static let northernAndEastern: [Region] = [
        Region(
            "SE", "sv", [.nordic], share: 3, tax: 250, phone: "+46 8 465 004 ##", line: "@ *",
            streets: """
                Storgatan, Drottninggatan, Björkvägen, Ängsvägen, Södra Förstadsgatan
                """,
            places: """
                Stockholm||11# ##, Göteborg||41# ##, Malmö||21# ##, Umeå||903 ##
                """),
        Region(
            "NO", "nb", [.nordic], share: 2, tax: 250, phone: "+47 22 00 0# ##", line: "@ *",
            streets: """
                Karl Johans gate, Bjørkeveien, Kirkegata, Fjordgløttveien
                """,
            places: """
                Oslo||01##, Tromsø||90##, Ålesund||600#
                """),
        Region(
            "DK", "da", [.nordic], share: 2, tax: 250, phone: "+45 55 50 0# ##", line: "@ *",
            streets: """
                Nørrebrogade, Strandvejen, Søndergade, Æblehaven
                """,
            places: """
                København||21##, Århus||80##, Odense||50##
                """),
        Region(
            "FI", "fi", [.nordic], share: 2, tax: 255, phone: "+358 9 555 0###", line: "@ *",
            streets: """
                Mannerheimintie, Hämeenkatu, Koivukuja, Järvitie
                """,
            places: """
                Helsinki||00###, Jyväskylä||40###, Hämeenlinna||13###
                """),
        Region(
            "PL", "pl", [.polish], share: 5, tax: 230, phone: "+48 22 000 0# ##", line: "ul. @ *",
            streets: """
                Długa, Świętokrzyska, Mickiewicza, Żołnierzy Września, Łąkowa, 3 Maja
                """,
            places: """
                Warszawa||00-###, Kraków||30-###, Łódź||90-###, Wrocław||50-###, Gdańsk||80-###
                """),
        Region(
            "CZ", "cs", [.czechWomen, .czechMen], share: 4, tax: 210, phone: "+420 222 000 ###", line: "@ *",
            streets: """
                Hlavní, Náměstí Míru, Dlouhá třída, Husova, Na Příkopě, U Řeky
                """,
            places: """
                Praha||110 ##, Brno||602 ##, České Budějovice||370 ##, Plzeň||301 ##
                """),
        Region(
            "TR", "tr", [.turkish], share: 4, tax: 200, phone: "+90 212 555 0# ##", line: "@ No: *",
            streets: """
                Atatürk Caddesi, İstiklâl Caddesi, Çınar Sokak, Gül Sokağı, Şehitler Yolu
                """,
            places: """
                İstanbul|TR34|34###, İzmir|TR35|35###, Eskişehir|TR26|26###, Diyarbakır|TR21|21###
                """),
        Region(
            "UA", "uk", [.ukrainian], share: 3, tax: 200, phone: "+380 44 000 ####", line: "@, *",
            streets: """
                вул. Шевченка, вул. Хрещатик, просп. Свободи, пров. Тихий, вул. Лесі Українки
                """,
            places: """
                Київ||01###, Львів||79###, Одеса||65###, Івано-Франківськ||76###
                """),
        Region(
            "KZ", "ru", [.russianWomen, .russianMen], share: 2, tax: 120, phone: "+7 727 000 ####", line: "@, *",
            streets: """
                ул. Абая, проспект Достык, ул. Гоголя, пер. Садовый
                """,
            places: """
                Алматы||050###, Астана||010###, Караганда||100###
                """),
        Region(
            "RU", "ru", [.russianWomen, .russianMen], share: 3, tax: 200, phone: "+7 495 000 ####", line: "@, д. *",
            streets: """
                ул. Ленина, Невский проспект, ул. Цветочная, Садовый пер., ул. Щорса
                """,
            places: """
                Москва||101###, Санкт-Петербург||190###, Йошкар-Ола||424###, Казань||420###
                """),
        Region(
            "GR", "el", [.greekWomen, .greekMen], share: 3, tax: 240, phone: "+30 21 0000 ####", line: "@ *",
            streets: """
                Οδός Ερμού, Λεωφόρος Συγγρού, Αγίου Δημητρίου, Πλατεία Συντάγματος, Εγνατία
                """,
            places: """
                Αθήνα|I|10# ##, Θεσσαλονίκη|B|54# ##, Ηράκλειο|M|71# ##, Πάτρα|G|26# ##
                """),
    ]
}
