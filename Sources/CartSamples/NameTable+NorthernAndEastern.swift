/// Names of northern and eastern Europe.
extension NameTable {
    static let nordic = NameTable(
        first: """
            Åsa=asa, Björn=bjorn, Søren=soren, Ingrid, Øyvind=oyvind, Linnéa=linnea, Jukka, Päivi=paivi, Mads, Sigrid, Håkon=hakon
            Anne-Lise, Väinö=vaino, Freja, Kjersti, Göran=goran, Aino, Lars-Erik
            """,
        last: """
            Johansson, Andersson, Sjöström=sjostrom, Nielsen, Sørensen=sorensen, Hansen, Ødegård=odegard, Bjørnstad=bjornstad
            Korhonen, Mäkinen=makinen, Hämäläinen=hamalainen, Lindqvist, Åkesson=akesson, Møller=moller, Østergaard=ostergaard
            af Klint=afklint, Berg-Olsen, Virtanen
            """)

    static let polish = NameTable(
        first: """
            Agnieszka, Łukasz=lukasz, Małgorzata=malgorzata, Paweł=pawel, Zofia, Michał=michal, Bożena=bozena, Grażyna=grazyna
            Stanisław=stanislaw, Bogusława=boguslawa, Krzysztof, Żaneta=zaneta, Wojciech, Kasia, Błażej=blazej, Tomasz, Jagoda
            Mieczysław=mieczyslaw
            """,
        last: """
            Nowak, Wójcik=wojcik, Mazur, Kowalczyk, Woźniak=wozniak, Krawczyk, Kaczmarek, Zając=zajac, Król=krol, Wróbel=wrobel
            Stępień=stepien, Dudek, Sikora, Baran, Duda, Gołąb=golab, Pietrzak, Łoś=los
            """)

    static let czechWomen = NameTable(
        first: """
            Jana, Tereza, Eliška=eliska, Kateřina=katerina, Lucie, Věra=vera, Zdeňka=zdenka, Božena=bozena, Anežka=anezka
            Šárka=sarka, Růžena=ruzena, Adéla=adela, Hana, Klára=klara, Žofie=zofie
            """,
        last: """
            Nováková=novakova, Svobodová=svobodova, Dvořáková=dvorakova, Černá=cerna, Procházková=prochazkova, Kučerová=kucerova
            Veselá=vesela, Horáková=horakova, Němcová=nemcova, Pospíšilová=pospisilova, Krejčí=krejci, Růžičková=ruzickova
            Jelínková=jelinkova, Čermáková=cermakova, Šťastná=stastna
            """)

    static let czechMen = NameTable(
        first: """
            Jan, Tomáš=tomas, Jiří=jiri, Ondřej=ondrej, Václav=vaclav, Matěj=matej, Lukáš=lukas, Bořivoj=borivoj, Zdeněk=zdenek
            Přemysl=premysl, Štěpán=stepan, Vojtěch=vojtech, Petr, Bohumil, Řehoř=rehor
            """,
        last: """
            Novák=novak, Svoboda, Dvořák=dvorak, Černý=cerny, Procházka=prochazka, Kučera=kucera, Veselý=vesely, Horák=horak
            Němec=nemec, Pospíšil=pospisil, Krejčí=krejci, Růžička=ruzicka, Jelínek=jelinek, Čermák=cermak, Šťastný=stastny
            """)

    static let turkish = NameTable(
        first: """
            Ayşe=ayse, Mehmet, Elif, Çağla=cagla, Ömer=omer, Gülşen=gulsen, İbrahim=ibrahim, Şükran=sukran, Emre, Işıl=isil
            Oğuzhan=oguzhan, Zeynep, Kıvanç=kivanc, Hülya=hulya, Tuğba=tugba, Yiğit=yigit, Defne
            """,
        last: """
            Yılmaz=yilmaz, Öztürk=ozturk, Şahin=sahin, Çelik=celik, Kaya, Aydın=aydin, Doğan=dogan, Kılıç=kilic, Güneş=gunes
            Arslan, Türkoğlu=turkoglu, Erdoğmuş=erdogmus, Koç=koc, Işık=isik, Çakır=cakir, Şimşek=simsek, Yıldız=yildiz
            """)

    static let ukrainian = NameTable(
        first: """
            Оксана=oksana, Тарас=taras, Олена=olena, Андрій=andrii, Юлія=yuliia, Богдан=bohdan, Ірина=iryna, Василь=vasyl
            Наталія=nataliia, Микола=mykola, Соломія=solomiia, Остап=ostap, Дарина=daryna, Євген=yevhen, Зоряна=zoriana
            Мар'яна=mariana
            """,
        last: """
            Шевченко=shevchenko, Коваленко=kovalenko, Бондаренко=bondarenko, Ткаченко=tkachenko, Кравчук=kravchuk, Олійник=oliinyk
            Лисенко=lysenko, Мельник=melnyk, Поліщук=polishchuk, Гнатюк=hnatiuk, Савчук=savchuk, Кушнір=kushnir
            Дем'яненко=demianenko, Нечуй-Левицький=nechui-levytskyi, Сірко=sirko, Захарченко=zakharchenko
            """)

    static let russianWomen = NameTable(
        first: """
            Анна=anna, Екатерина=ekaterina, Мария=maria, Ольга=olga, Татьяна=tatiana, Дарья=daria, Светлана=svetlana, Юлия=yulia
            Ксения=ksenia, Полина=polina, Алёна=alyona, Вера=vera, Надежда=nadezhda, Людмила=lyudmila, Софья=sofya
            """,
        last: """
            Иванова=ivanova, Смирнова=smirnova, Кузнецова=kuznetsova, Попова=popova, Соколова=sokolova, Лебедева=lebedeva
            Новикова=novikova, Морозова=morozova, Волкова=volkova, Зайцева=zaitseva, Павлова=pavlova, Голубева=golubeva
            Фёдорова=fyodorova, Щербакова=shcherbakova, Римская-Корсакова=rimskaya-korsakova
            """)

    static let russianMen = NameTable(
        first: """
            Иван=ivan, Дмитрий=dmitry, Сергей=sergey, Алексей=alexey, Андрей=andrey, Пётр=pyotr, Николай=nikolay, Михаил=mikhail
            Артём=artyom, Егор=yegor, Владимир=vladimir, Юрий=yury, Константин=konstantin, Фёдор=fyodor, Илья=ilya
            """,
        last: """
            Иванов=ivanov, Смирнов=smirnov, Кузнецов=kuznetsov, Попов=popov, Соколов=sokolov, Лебедев=lebedev, Новиков=novikov
            Морозов=morozov, Волков=volkov, Зайцев=zaitsev, Павлов=pavlov, Голубев=golubev, Фёдоров=fyodorov, Щербаков=shcherbakov
            Римский-Корсаков=rimsky-korsakov
            """)

    static let greekWomen = NameTable(
        first: """
            Μαρία=maria, Ελένη=eleni, Αικατερίνη=aikaterini, Σοφία=sofia, Βασιλική=vasiliki, Άννα=anna, Δέσποινα=despina
            Ιωάννα=ioanna, Χρυσούλα=chrysoula, Ζωή=zoi, Ευαγγελία=evangelia, Κωνσταντίνα=konstantina, Θεοδώρα=theodora
            Φωτεινή=fotini, Αθηνά=athina
            """,
        last: """
            Παπαδοπούλου=papadopoulou, Οικονόμου=oikonomou, Γεωργίου=georgiou, Νικολαΐδου=nikolaidou, Παπαγεωργίου=papageorgiou
            Αντωνίου=antoniou, Δημητρίου=dimitriou, Βλάχου=vlachou, Αλεξίου=alexiou, Καραγιάννη=karagianni, Μακρή=makri
            Ιωαννίδου=ioannidou, Χατζή=chatzi, Σταματίου=stamatiou, Λάμπρου=lamprou
            """)

    static let greekMen = NameTable(
        first: """
            Γιώργος=giorgos, Δημήτρης=dimitris, Νίκος=nikos, Κώστας=kostas, Ιωάννης=ioannis, Παναγιώτης=panagiotis
            Βασίλης=vasilis, Χρήστος=christos, Αλέξανδρος=alexandros, Θανάσης=thanasis, Μιχάλης=michalis, Ευάγγελος=evangelos
            Ηλίας=ilias, Σπύρος=spyros, Άγγελος=angelos
            """,
        last: """
            Παπαδόπουλος=papadopoulos, Οικονόμου=oikonomou, Γεωργίου=georgiou, Νικολαΐδης=nikolaidis, Παπαγεωργίου=papageorgiou
            Αντωνίου=antoniou, Δημητρίου=dimitriou, Βλάχος=vlachos, Αλεξίου=alexiou, Καραγιάννης=karagiannis, Μακρής=makris
            Ιωαννίδης=ioannidis, Χατζής=chatzis, Σταματίου=stamatiou, Λάμπρου=lamprou
            """)
}
