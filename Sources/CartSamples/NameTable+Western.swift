/// Names of western Europe and of countries settled from there.
extension NameTable {
    static let english = NameTable(
        first: """
            Olivia, James, Amelia, Oliver, Grace, William, Charlotte, Henry, Emily, Jack, Siobhán=siobhan, Mary-Ann, Harriet, Liam
            Zoë=zoe, Thomas, Abigail, Ethan, Hannah, Billie-Jo, Noah, Lily, D'Arcy=darcy, Samuel
            """,
        last: """
            Smith, Jones, O'Neil=oneil, Smith-Jones, Taylor, Brown, Williams, Wilson, MacDonald, O'Brien=obrien, Clarke, Walker
            Hughes, Green, Baker, Fitzgerald, Wood, Turner, Campbell, Parker-Bowen, Cooper, St. John=stjohn, McKenzie
            D'Angelo=dangelo
            """)

    static let german = NameTable(
        first: """
            Anna, Jürgen=juergen, Lukas, Katharina, Maximilian, Sophie, Björn=bjoern, Hannelore, Karl-Heinz, Günther=guenther
            Leonie, Felix, Jörg=joerg, Käthe=kaethe, Anne-Sophie, Matthias, Ursula, Sebastian, Lena, Tobias
            """,
        last: """
            Müller=mueller, Schmidt, Schneider, Fischer, Weber, Meyer-Lübke=meyer-luebke, Wagner, Becker, Schäfer=schaefer
            Groß=gross, Schröder=schroeder, Köhler=koehler, von der Heide=vonderheide, Zimmermann, Krüger=krueger, Weiß=weiss
            Hartmann, Lange, Jäger=jaeger, zu Löwenstein=zuloewenstein, Böhm=boehm, Vogel
            """)

    static let french = NameTable(
        first: """
            Camille, Léa=lea, François=francois, Chloé=chloe, Jean-Luc, Marie-Hélène=marie-helene, Théo=theo, Inès=ines, Gaël=gael
            Zoé=zoe, Benoît=benoit, Élodie=elodie, Maxime, Aurélie=aurelie, Jérôme=jerome, Noémie=noemie, Anaïs=anais
            Étienne=etienne, Margaux, Loïc=loic
            """,
        last: """
            Martin, Bernard, Dubois, Lefèvre=lefevre, d'Aubigné=daubigne, Moreau, Lévêque=leveque, Le Goff=legoff, Girard
            Besançon=besancon, Crépin=crepin, de La Fontaine=delafontaine, Fournier, Saint-Exupéry=saint-exupery, Mercier
            Guérin=guerin, Boyer, Béranger=beranger, Roussel, Noël=noel
            """)

    static let spanish = NameTable(
        first: """
            Lucía=lucia, Mateo, Sofía=sofia, Martín=martin, José María=josemaria, Valentina, Íñigo=inigo, Begoña=begona
            Andrés=andres, María José=mariajose, Joaquín=joaquin, Ximena, Hernán=hernan, Inés=ines, Sebastián=sebastian, Camila
            Álvaro=alvaro, Paula, Diego, Núria=nuria
            """,
        last: """
            García=garcia, Fernández=fernandez, Rodríguez=rodriguez, Muñoz=munoz, López-Ibáñez=lopez-ibanez, Martínez=martinez
            Núñez=nunez, de la Cruz=delacruz, Ordóñez=ordonez, Peña=pena, Hernández=hernandez, Gómez=gomez, Vásquez=vasquez
            Castro, Ibarra, Jiménez=jimenez, del Río=delrio, Ruiz, Zúñiga=zuniga, Salazar
            """)

    static let portuguese = NameTable(
        first: """
            João=joao, Maria, Inês=ines, Thiago, Gonçalo=goncalo, Beatriz, Luís=luis, Conceição=conceicao, Rafael
            Ana Luísa=analuisa, Antônio=antonio, Júlia=julia, Estêvão=estevao, Fernanda, Vinícius=vinicius, Mariana, Caetano
            Letícia=leticia
            """,
        last: """
            Silva, Santos, Souza, Conceição=conceicao, Gonçalves=goncalves, de Oliveira=deoliveira, Araújo=araujo
            Magalhães=magalhaes, dos Anjos=dosanjos, Simões=simoes, Falcão=falcao, da Costa=dacosta, Brandão=brandao, Pereira
            Assunção=assuncao, Lourenço=lourenco, Guimarães=guimaraes, Ribeiro
            """)

    static let italian = NameTable(
        first: """
            Giulia, Lorenzo, Chiara, Niccolò=niccolo, Francesca, Matteo, Alessandro, Martina, Giosuè=giosue, Gian Luca=gianluca
            Elisa, Davide, Noemi, Andrea, Beatrice, Pietro, Ilaria
            """,
        last: """
            Rossi, Esposito, Bianchi, D'Amico=damico, De Luca=deluca, Ferrari, Nicolò=nicolo, Colombo, Di Stefano=distefano
            Marchetti, Greco, Dell'Acqua=dellacqua, Conti, Fontana, Mariani, Caputo, Serra
            """)

    static let dutch = NameTable(
        first: """
            Sanne, Daan, Lotte, Bram, Femke, Jeroen, Anouk, Pieter-Jan, Maaike, Thijs, Noor, Ruben, Fleur, Joost, Zoë=zoe, Wouter
            """,
        last: """
            de Jong=dejong, van der Berg=vanderberg, van den Heuvel=vandenheuvel, Bakker, Jansen, 't Hart=thart, Visser
            de Vries=devries, van 't Hof=vanthof, Smit, Mulder, Peeters, Vermeulen, Claes, ter Horst=terhorst, Dekker
            """)
}
