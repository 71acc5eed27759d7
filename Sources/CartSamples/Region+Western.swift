/// Western Europe, and the Americas and Australia.
extension Region {
    static let western: [Region] = [
        Region(
            "GB", "en", [.english], share: 9, tax: 200, phone: "+44 20 7946 0###", line: "* @",
            streets: """
                High Street, Station Road, Church Lane, King's Road, Mill Hill, The Green, Victoria Terrace, St. Mary's Close
                """,
            places: """
                London||SW1A #??, Manchester||M# #??, Edinburgh|Scotland|EH# #??, Stoke-on-Trent||ST# #??
                Cardiff|Wales|CF1# #??
                """),
        Region(
            "IE", "en", [.english], share: 2, tax: 230, phone: "+353 1 555 0###", line: "* @",
            streets: """
                Main Street, O'Connell Street, Abbey Lane, Harbour View
                """,
            places: """
                Dublin|D|D0# ?###, Cork|CO|T12 ?###, Galway|G|H91 ?###
                """),
        Region(
            "US", "en", [.english, .spanish], share: 14, tax: 70, phone: "+1 212 555 01##", line: "* @",
            streets: """
                Maple Avenue, Oak Street, 5th Avenue, Sunset Boulevard, Martin Luther King Jr. Drive, County Road, Elm Court
                Riverside Drive
                """,
            places: """
                New York|NY|100##, Austin|TX|787##, Portland|OR|972##, Coeur d'Alene|ID|8381#, Winston-Salem|NC|2710#
                San José|CA|951##
                """),
        Region(
            "CA", "en", [.english], share: 4, tax: 50, phone: "+1 416 555 01##", line: "* @",
            streets: """
                Bloor Street West, Queen Street, Dundas Street, Lakeshore Road
                """,
            places: """
                Toronto|ON|M5V #?#, Vancouver|BC|V6B #?#, St. John's|NL|A1C #?#
                """),
        Region(
            "CA", "fr", [.french], share: 2, tax: 50, phone: "+1 514 555 01##", line: "* @",
            streets: """
                rue Sainte-Catherine, avenue du Mont-Royal, chemin de la Côte-des-Neiges
                """,
            places: """
                Montréal|QC|H2X #?#, Québec|QC|G1R #?#, Trois-Rivières|QC|G9A #?#
                """),
        Region(
            "AU", "en", [.english], share: 4, tax: 100, phone: "+61 2 5550 ####", line: "* @",
            streets: """
                George Street, Bourke Street, Beach Road, Wattle Grove, Kangaroo Crescent
                """,
            places: """
                Sydney|NSW|20##, Melbourne|VIC|30##, Wagga Wagga|NSW|2650
                """),
        Region(
            "DE", "de", [.german, .turkish], share: 10, tax: 190, phone: "+49 30 23125 ###", line: "@ *",
            streets: """
                Hauptstraße, Gartenweg, Lindenallee, Am Mühlenbach, Goethestraße, Kirchplatz, Unter den Eichen, Königsallee
                """,
            places: """
                Berlin|BE|10###, München|BY|80###, Köln|NW|50###, Hamburg|HH|20###, Frankfurt (Oder)|BB|15230
                Göttingen|NI|370##
                """),
        Region(
            "AT", "de", [.german], share: 3, tax: 200, phone: "+43 1 555 0###", line: "@ *",
            streets: """
                Mariahilfer Straße, Landstraße, Schloßgasse, Am Graben
                """,
            places: """
                Wien|W|1##0, Graz|ST|80##, Sankt Pölten|NÖ|310#
                """),
        Region(
            "CH", "de", [.german, .french, .italian], share: 3, tax: 81, phone: "+41 44 555 ## ##", line: "@ *",
            streets: """
                Bahnhofstrasse, Seestrasse, Rue du Rhône, Via Nassa, Dorfplatz
                """,
            places: """
                Zürich|ZH|80##, Genève|GE|12##, Lugano|TI|69##, Bern|BE|30##
                """),
        Region(
            "FR", "fr", [.french], share: 8, tax: 200, phone: "+33 1 99 00 ## ##", line: "* @",
            streets: """
                rue de la République, avenue Victor-Hugo, place de l'Église, boulevard Voltaire, impasse des Lilas
                quai d'Orléans, rue de l'Hôtel-de-Ville
                """,
            places: """
                Paris||750##, Lyon||690##, Saint-Étienne||420##, L'Haÿ-les-Roses||94240, Besançon||250##, Nîmes||300##
                """),
        Region(
            "BE", "nl", [.dutch, .french], share: 2, tax: 210, phone: "+32 2 555 0# ##", line: "@ *",
            streets: """
                Kerkstraat, Stationsstraat, Rue Neuve, Grote Markt, Avenue Louise
                """,
            places: """
                Brussel||10##, Antwerpen||20##, Liège||40##, Gent||90##
                """),
        Region(
            "NL", "nl", [.dutch], share: 4, tax: 210, phone: "+31 20 555 0###", line: "@ *",
            streets: """
                Prinsengracht, Dorpsstraat, Laan van Meerdervoort, Kerkweg, 's-Gravenweg
                """,
            places: """
                Amsterdam||101# ??, Rotterdam||301# ??, 's-Hertogenbosch||521# ??, Den Haag||251# ??
                """),
        Region(
            "ES", "es", [.spanish], share: 6, tax: 210, phone: "+34 900 00# ###", line: "@, *",
            streets: """
                Calle Mayor, Avenida de la Constitución, Plaza de España, Calle del Álamo, Carrer de l'Om, Paseo Marítimo
                """,
            places: """
                Madrid|M|280##, Barcelona|B|080##, A Coruña|C|150##, Cádiz|CA|110##, Logroño|LO|260##
                """),
        Region(
            "IT", "it", [.italian], share: 5, tax: 220, phone: "+39 06 555 0###", line: "@, *",
            streets: """
                Via Roma, Corso Garibaldi, Piazza del Popolo, Via dell'Olmo, Viale della Libertà
                """,
            places: """
                Roma|RM|001##, Milano|MI|201##, Forlì|FC|471##, L'Aquila|AQ|67100, Napoli|NA|801##
                """),
        Region(
            "PT", "pt", [.portuguese], share: 3, tax: 230, phone: "+351 21 000 ####", line: "@, *",
            streets: """
                Rua Augusta, Avenida da Liberdade, Largo de São João, Travessa do Carmo
                """,
            places: """
                Lisboa||1###-0##, Porto||4###-1##, Évora||7000-###, Guimarães||48##-0##
                """),
        Region(
            "BR", "pt", [.portuguese], share: 5, tax: 170, phone: "+55 11 5550-0###", line: "@, *",
            streets: """
                Rua das Flores, Avenida Paulista, Rua São João, Praça da Sé, Alameda dos Anjos
                """,
            places: """
                São Paulo|SP|01###-###, Belém|PA|660##-###, Rio de Janeiro|RJ|20###-###, Brasília|DF|70###-###
                """),
        Region(
            "MX", "es", [.spanish], share: 3, tax: 160, phone: "+52 55 5555 0###", line: "@ *",
            streets: """
                Avenida Insurgentes, Calle Benito Juárez, Calzada de Tlalpan, Callejón del Beso
                """,
            places: """
                Ciudad de México|CMX|06###, Mérida|YUC|970##, Querétaro|QRO|760##
                """),
        Region(
            "AR", "es", [.spanish, .italian], share: 3, tax: 210, phone: "+54 11 5555-0###", line: "@ *",
            streets: """
                Avenida 9 de Julio, Calle Florida, Avenida Corrientes, Pasaje San Martín
                """,
            places: """
                Buenos Aires|C|C10##???, Córdoba|X|X50##???, Neuquén|Q|Q83##???
                """),
    ]
}
