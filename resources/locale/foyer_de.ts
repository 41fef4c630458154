<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>foyer</name>
    <message>
        <source>We could not see you</source>
        <translation>Wir konnten Sie nicht sehen</translation>
    </message>
    <message>
        <source>Stand in front of the screen so that your face fills the oval.</source>
        <translation>Stellen Sie sich vor den Bildschirm, sodass Ihr Gesicht das Oval füllt.</translation>
    </message>
    <message>
        <source>One at a time, please</source>
        <translation>Bitte einzeln</translation>
    </message>
    <message>
        <source>Ask others to step back a little, then try again.</source>
        <translation>Bitten Sie die anderen, etwas zurückzutreten, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>You were a little too far away</source>
        <translation>Sie waren etwas zu weit weg</translation>
    </message>
    <message>
        <source>Come closer until your face fills the oval.</source>
        <translation>Kommen Sie näher, bis Ihr Gesicht das Oval füllt.</translation>
    </message>
    <message>
        <source>You were a little too close</source>
        <translation>Sie waren etwas zu nah</translation>
    </message>
    <message>
        <source>Take half a step back, so that your whole face fits the oval.</source>
        <translation>Gehen Sie einen halben Schritt zurück, sodass Ihr ganzes Gesicht ins Oval passt.</translation>
    </message>
    <message>
        <source>It was too dark to see you</source>
        <translation>Es war zu dunkel, um Sie zu sehen</translation>
    </message>
    <message>
        <source>Turn towards the light, or use your badge or PIN.</source>
        <translation>Drehen Sie sich zum Licht, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>The light was too strong</source>
        <translation>Das Licht war zu stark</translation>
    </message>
    <message>
        <source>Turn away from the window or lamp, or use your badge or PIN.</source>
        <translation>Drehen Sie sich vom Fenster oder von der Lampe weg, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>The picture was not sharp</source>
        <translation>Das Bild war nicht scharf</translation>
    </message>
    <message>
        <source>Hold still for a moment and try again.</source>
        <translation>Halten Sie kurz still und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>We saw only part of your face</source>
        <translation>Wir sahen nur einen Teil Ihres Gesichts</translation>
    </message>
    <message>
        <source>Move until your whole face is in the oval.</source>
        <translation>Bewegen Sie sich, bis Ihr ganzes Gesicht im Oval ist.</translation>
    </message>
    <message>
        <source>Please look straight ahead</source>
        <translation>Bitte schauen Sie geradeaus</translation>
    </message>
    <message>
        <source>Face the screen first, and move only when it asks you to.</source>
        <translation>Schauen Sie zuerst auf den Bildschirm und bewegen Sie sich erst, wenn er darum bittet.</translation>
    </message>
    <message>
        <source>Please hold your head upright</source>
        <translation>Bitte halten Sie den Kopf gerade</translation>
    </message>
    <message>
        <source>Face the screen with your head straight, and try again.</source>
        <translation>Sehen Sie mit geradem Kopf zum Bildschirm und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>We could not see your eyes</source>
        <translation>Wir konnten Ihre Augen nicht sehen</translation>
    </message>
    <message>
        <source>Take off dark glasses or brush back your hair, or use your badge or PIN.</source>
        <translation>Nehmen Sie die dunkle Brille ab oder streichen Sie das Haar zurück, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>We could not see your nose and mouth</source>
        <translation>Wir konnten Nase und Mund nicht sehen</translation>
    </message>
    <message>
        <source>Lower your mask or scarf, or use your badge or PIN.</source>
        <translation>Nehmen Sie Maske oder Schal herunter, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>Your eyes were closed</source>
        <translation>Ihre Augen waren geschlossen</translation>
    </message>
    <message>
        <source>Look at the camera with open eyes, and try again.</source>
        <translation>Sehen Sie mit offenen Augen in die Kamera und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Hold your head upright, please</source>
        <translation>Bitte den Kopf gerade halten</translation>
    </message>
    <message>
        <source>Uncover your eyes, please</source>
        <translation>Bitte die Augen frei machen</translation>
    </message>
    <message>
        <source>Uncover your nose and mouth, please</source>
        <translation>Bitte Nase und Mund frei machen</translation>
    </message>
    <message>
        <source>Open your eyes, please</source>
        <translation>Bitte die Augen öffnen</translation>
    </message>
    <message>
        <source>Please hold still for a moment</source>
        <translation>Bitte halten Sie kurz still</translation>
    </message>
    <message>
        <source>Face the screen calmly, then follow the prompts.</source>
        <translation>Schauen Sie ruhig auf den Bildschirm und folgen Sie dann den Hinweisen.</translation>
    </message>
    <message>
        <source>That took a little too long</source>
        <translation>Das hat etwas zu lange gedauert</translation>
    </message>
    <message>
        <source>Try again and follow the prompts, or use your badge or PIN.</source>
        <translation>Versuchen Sie es noch einmal, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>That was another movement</source>
        <translation>Das war eine andere Bewegung</translation>
    </message>
    <message>
        <source>Try again with the movement shown, or use your badge or PIN.</source>
        <translation>Versuchen Sie es mit der gezeigten Bewegung, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>You moved before you were asked</source>
        <translation>Das war vor der Aufforderung</translation>
    </message>
    <message>
        <source>Wait for each prompt, then move, or use your badge or PIN.</source>
        <translation>Warten Sie jede Aufforderung ab, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>We lost sight of you</source>
        <translation>Wir haben Sie aus den Augen verloren</translation>
    </message>
    <message>
        <source>Stay in the oval until the end, or use your badge or PIN.</source>
        <translation>Bleiben Sie bis zum Ende im Oval, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>Let us start again</source>
        <translation>Fangen wir noch einmal an</translation>
    </message>
    <message>
        <source>Stay in the oval on your own, or use your badge or PIN.</source>
        <translation>Bleiben Sie allein im Oval, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>We could not be sure this time</source>
        <translation>Diesmal waren wir uns nicht sicher</translation>
    </message>
    <message>
        <source>Try again with an even light, or use your badge or PIN.</source>
        <translation>Versuchen Sie es bei gleichmäßigem Licht noch einmal, oder nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>We did not recognise you</source>
        <translation>Wir haben Sie nicht erkannt</translation>
    </message>
    <message>
        <source>Please use your badge or PIN. Reception is happy to help.</source>
        <translation>Bitte nehmen Sie Ausweis oder PIN. Der Empfang hilft Ihnen gern.</translation>
    </message>
    <message>
        <source>We want to be sure</source>
        <translation>Wir möchten sichergehen</translation>
    </message>
    <message>
        <source>Please show your badge or type your PIN as well.</source>
        <translation>Bitte zeigen Sie zusätzlich Ihren Ausweis oder geben Sie Ihre PIN ein.</translation>
    </message>
    <message>
        <source>That did not match</source>
        <translation>Das passte nicht zusammen</translation>
    </message>
    <message>
        <source>Check your badge or number and your PIN, and try once more.</source>
        <translation>Prüfen Sie Ausweis oder Nummer und PIN und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Please wait a little</source>
        <translation>Bitte warten Sie ein wenig</translation>
    </message>
    <message>
        <source>There were too many tries. Wait a minute or ask at reception.</source>
        <translation>Es waren zu viele Versuche. Warten Sie eine Minute oder fragen Sie am Empfang.</translation>
    </message>
    <message>
        <source>Your access has not started yet</source>
        <translation>Ihr Zugang hat noch nicht begonnen</translation>
    </message>
    <message>
        <source>Please ask at reception; they can see when it starts.</source>
        <translation>Bitte fragen Sie am Empfang; dort sieht man, wann er beginnt.</translation>
    </message>
    <message>
        <source>Your access has ended</source>
        <translation>Ihr Zugang ist abgelaufen</translation>
    </message>
    <message>
        <source>Please ask at reception; they can renew it.</source>
        <translation>Bitte fragen Sie am Empfang; dort kann er verlängert werden.</translation>
    </message>
    <message>
        <source>Your access is on hold</source>
        <translation>Ihr Zugang ruht zurzeit</translation>
    </message>
    <message>
        <source>Please ask at reception; they will sort it out with you.</source>
        <translation>Bitte fragen Sie am Empfang; dort klärt man es mit Ihnen.</translation>
    </message>
    <message>
        <source>One more step is needed</source>
        <translation>Ein Schritt fehlt noch</translation>
    </message>
    <message>
        <source>This entrance asks for your badge or number and your PIN.</source>
        <translation>Dieser Eingang verlangt Ausweis oder Nummer und Ihre PIN.</translation>
    </message>
    <message>
        <source>Thank you for telling us</source>
        <translation>Danke für den Hinweis</translation>
    </message>
    <message>
        <source>We noted that this was not you. Please use your badge or PIN.</source>
        <translation>Wir haben vermerkt, dass Sie das nicht waren. Bitte nehmen Sie Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>Stopped, as you asked</source>
        <translation>Abgebrochen, wie gewünscht</translation>
    </message>
    <message>
        <source>Start again whenever you like.</source>
        <translation>Beginnen Sie neu, wann immer Sie möchten.</translation>
    </message>
    <message>
        <source>We stopped waiting</source>
        <translation>Wir haben nicht länger gewartet</translation>
    </message>
    <message>
        <source>Start again whenever you are ready.</source>
        <translation>Beginnen Sie neu, sobald Sie so weit sind.</translation>
    </message>
    <message>
        <source>Face sign-in is resting</source>
        <translation>Die Gesichtsanmeldung ruht</translation>
    </message>
    <message>
        <source>Please use your badge or PIN for now.</source>
        <translation>Bitte nehmen Sie vorerst Ausweis oder PIN.</translation>
    </message>
    <message>
        <source>The camera went to sleep</source>
        <translation>Die Kamera ist eingeschlafen</translation>
    </message>
    <message>
        <source>We could not write this down</source>
        <translation>Wir konnten das nicht festhalten</translation>
    </message>
    <message>
        <source>So nothing was opened. Please go to reception.</source>
        <translation>Deshalb wurde nichts geöffnet. Bitte gehen Sie zum Empfang.</translation>
    </message>
    <message>
        <source>That did not work, and it is our fault</source>
        <translation>Das ging schief, und es liegt an uns</translation>
    </message>
    <message>
        <source>Please try again, or go to reception.</source>
        <translation>Bitte versuchen Sie es noch einmal oder gehen Sie zum Empfang.</translation>
    </message>
    <message>
        <source>Step into the picture, please</source>
        <extracomment>While the camera looks: the one thing to mend, in as few words as possible.</extracomment>
        <translation>Bitte treten Sie ins Bild</translation>
    </message>
    <message>
        <source>One person at a time, please</source>
        <translation>Bitte nur eine Person</translation>
    </message>
    <message>
        <source>A little closer, please</source>
        <translation>Bitte etwas näher</translation>
    </message>
    <message>
        <source>A little further back, please</source>
        <translation>Bitte etwas weiter zurück</translation>
    </message>
    <message>
        <source>More light on your face, please</source>
        <translation>Bitte mehr Licht aufs Gesicht</translation>
    </message>
    <message>
        <source>Less light on your face, please</source>
        <translation>Bitte weniger Licht aufs Gesicht</translation>
    </message>
    <message>
        <source>Hold still, please</source>
        <translation>Bitte still halten</translation>
    </message>
    <message>
        <source>Whole face in the oval, please</source>
        <translation>Bitte das ganze Gesicht ins Oval</translation>
    </message>
    <message>
        <source>Look straight ahead, please</source>
        <translation>Bitte geradeaus schauen</translation>
    </message>
    <message>
        <source>Turn your head left</source>
        <translation>Kopf nach links drehen</translation>
    </message>
    <message>
        <source>Turn your head right</source>
        <translation>Kopf nach rechts drehen</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>Nach oben schauen</translation>
    </message>
    <message>
        <source>Blink once</source>
        <translation>Einmal blinzeln</translation>
    </message>
    <message>
        <source>Open your mouth</source>
        <translation>Mund öffnen</translation>
    </message>
    <message>
        <source>Lean in, then back</source>
        <translation>Kommen Sie kurz näher</translation>
    </message>
    <message>
        <source>Follow a few prompts.
No picture is kept.</source>
        <translation>Ein paar Hinweisen folgen.
Kein Bild bleibt.</translation>
    </message>
    <message>
        <source>Face + prompts</source>
        <translation>Gesicht + Hinweise</translation>
    </message>
    <message>
        <source>Waking up. This takes a few seconds.</source>
        <translation>Wacht gerade auf. Das dauert ein paar Sekunden.</translation>
    </message>
    <message>
        <source>Resting now. Badge and PIN work as always.</source>
        <translation>Ruht gerade. Ausweis und PIN gehen wie immer.</translation>
    </message>
    <message>
        <source>Taking a short break. Badge and PIN work.</source>
        <translation>Macht kurz Pause. Ausweis und PIN gehen.</translation>
    </message>
    <message>
        <source>Good to see you</source>
        <translation>Schön, dass Sie da sind</translation>
    </message>
    <message>
        <source>We are just opening. One moment, please.</source>
        <translation>Wir öffnen gerade. Einen Moment, bitte.</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>Einen Moment</translation>
    </message>
    <message>
        <source>Thank you, we are checking.</source>
        <translation>Danke, wir prüfen.</translation>
    </message>
    <message>
        <source>Welcome, {name}</source>
        <translation>Willkommen, {name}</translation>
    </message>
    <message>
        <source>Goodbye, {name}</source>
        <translation>Auf Wiedersehen, {name}</translation>
    </message>
    <message>
        <source>Signed in at {time}</source>
        <translation>Angemeldet um {time}</translation>
    </message>
    <message>
        <source>Clocked in at {time}</source>
        <translation>Eingestempelt um {time}</translation>
    </message>
    <message>
        <source>Clocked out at {time}</source>
        <translation>Ausgestempelt um {time}</translation>
    </message>
    <message>
        <source>Sign in the way you like</source>
        <translation>Melden Sie sich an, wie Sie möchten</translation>
    </message>
    <message>
        <source>Clock in the way you like</source>
        <translation>Stempeln Sie ein, wie Sie möchten</translation>
    </message>
    <message>
        <source>Clock out the way you like</source>
        <translation>Stempeln Sie aus, wie Sie möchten</translation>
    </message>
    <message>
        <source>Badge</source>
        <extracomment>In the order in which factors are named together.</extracomment>
        <translation>Ausweis</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>Gesicht</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>Thank you, we have read your badge.</source>
        <translation>Danke, Ihr Ausweis ist gelesen.</translation>
    </message>
    <message>
        <source>It goes with your employee number.</source>
        <translation>Sie gehört zu Ihrer Personalnummer.</translation>
    </message>
    <message>
        <source>Clock in</source>
        <translation>Kommen</translation>
    </message>
    <message>
        <source>Clock out</source>
        <translation>Gehen</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Good morning</source>
        <translation>Guten Morgen</translation>
    </message>
    <message>
        <source>Good afternoon</source>
        <translation>Guten Tag</translation>
    </message>
    <message>
        <source>Good evening</source>
        <translation>Guten Abend</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>Schritt {step} von {steps}</translation>
    </message>
    <message>
        <source>{steps} short prompts follow</source>
        <translation>{steps} kurze Hinweise folgen</translation>
    </message>
    <message>
        <source>PIN: {typed} digits typed, at least {fewest} needed</source>
        <translation>PIN: {typed} Ziffern eingegeben, mindestens {fewest} nötig</translation>
    </message>
    <message>
        <source>Code for whoever mends it: {code}</source>
        <translation>Code für die Technik: {code}</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>With my face</source>
        <translation>Mit Gesicht</translation>
    </message>
    <message>
        <source>Badge or PIN</source>
        <translation>Ausweis oder PIN</translation>
    </message>
    <message>
        <source>Hold it to the reader
or type your number.</source>
        <translation>An den Leser halten
oder Nummer tippen.</translation>
    </message>
    <message>
        <source>Use badge or PIN</source>
        <translation>Ausweis oder PIN</translation>
    </message>
    <message>
        <source>Use my face</source>
        <translation>Mit Gesicht</translation>
    </message>
    <message>
        <source>Try my face again</source>
        <translation>Gesicht noch einmal</translation>
    </message>
    <message>
        <source>The camera sleeps until you choose.</source>
        <translation>Die Kamera schläft, bis Sie wählen.</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>Größere Schrift</translation>
    </message>
    <message>
        <source>Hold your badge to the reader</source>
        <translation>Ausweis an den Leser halten</translation>
    </message>
    <message>
        <source>or type your employee number</source>
        <translation>oder Personalnummer eingeben</translation>
    </message>
    <message>
        <source>Employee number</source>
        <translation>Personalnummer</translation>
    </message>
    <message>
        <source>Type your PIN</source>
        <translation>PIN eingeben</translation>
    </message>
    <message>
        <source>Look at the screen</source>
        <translation>Auf den Bildschirm schauen</translation>
    </message>
    <message>
        <source>Look straight ahead</source>
        <translation>Geradeaus schauen</translation>
    </message>
    <message>
        <source>No picture is kept.</source>
        <translation>Kein Bild bleibt gespeichert.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Not me</source>
        <translation>Das bin ich nicht</translation>
    </message>
    <message>
        <source>Erase the last digit</source>
        <translation>Letzte Ziffer löschen</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Bestätigen</translation>
    </message>
    <message>
        <source>How</source>
        <translation>Wie</translation>
    </message>
    <message>
        <source>We wrote down</source>
        <translation>Festgehalten</translation>
    </message>
    <message>
        <source>Name, time and how. No picture.</source>
        <translation>Name, Zeit und Weg. Kein Bild.</translation>
    </message>
    <message>
        <source>SIMULATED</source>
        <translation>SIMULIERT</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Service</translation>
    </message>
    <message>
        <source>Please go to reception. They will help you.</source>
        <translation>Bitte gehen Sie zum Empfang. Dort hilft man Ihnen weiter.</translation>
    </message>
    <message>
        <source>Type the administrator's PIN.</source>
        <translation>Geben Sie die Administrator-PIN ein.</translation>
    </message>
    <message>
        <source>Checking …</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Back to visitors</source>
        <translation>Zurück für Besucher</translation>
    </message>
    <message>
        <source>Close the kiosk</source>
        <translation>Kiosk beenden</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>This kiosk is resting</source>
        <translation>Dieser Kiosk ruht</translation>
    </message>
    <message>
        <source>Real person</source>
        <translation>Echte Person</translation>
    </message>
    <message>
        <source>Printed photo</source>
        <translation>Gedrucktes Foto</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Telefon</translation>
    </message>
    <message>
        <source>Tablet</source>
        <translation>Tablet</translation>
    </message>
    <message>
        <source>Untested: at a door, a face needs the PIN as well</source>
        <translation>Ungeprüft: an Türen braucht ein Gesicht auch die PIN</translation>
    </message>
    <message>
        <source>Limited: a door opens to a face with its number, otherwise with the PIN</source>
        <translation>Begrenzt: eine Tür öffnet sich für ein Gesicht mit Nummer, sonst mit PIN</translation>
    </message>
    <message>
        <source>Trusted: a face alone may open a door</source>
        <translation>Bewährt: ein Gesicht allein darf eine Tür öffnen</translation>
    </message>
    <message>
        <source>Camera self-test</source>
        <translation>Selbsttest der Kamera</translation>
    </message>
    <message>
        <source>Errors, and the rates they allow (95 %)</source>
        <translation>Fehler und mögliche Raten (95 %)</translation>
    </message>
    <message>
        <source>So far</source>
        <translation>Bisher</translation>
    </message>
    <message>
        <source>not tried yet · {left} to go</source>
        <translation>noch nicht versucht · {left} fehlen</translation>
    </message>
    <message>
        <source>{errors} of {n} refused</source>
        <translation>{errors} von {n} abgewiesen</translation>
    </message>
    <message>
        <source>{errors} of {n} let through</source>
        <translation>{errors} von {n} durchgelassen</translation>
    </message>
    <message>
        <source>{low} to {high} %</source>
        <translation>{low} bis {high} %</translation>
    </message>
    <message>
        <source>{left} to go</source>
        <translation>{left} fehlen</translation>
    </message>
    <message>
        <source>.</source>
        <translation>,</translation>
    </message>
    <message>
        <source>Storing the result …</source>
        <translation>Das Ergebnis wird gespeichert …</translation>
    </message>
    <message>
        <source>It could not be stored. Please try again.</source>
        <translation>Es konnte nicht gespeichert werden. Bitte versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Choose what the camera will see, then follow the prompts with it.</source>
        <translation>Wählen Sie, was die Kamera sehen soll, und folgen Sie damit den Aufforderungen.</translation>
    </message>
    <message>
        <source>{what}: not counted. {why}</source>
        <translation>{what}: nicht gezählt. {why}</translation>
    </message>
    <message>
        <source>{what}: let through. That is an error.</source>
        <translation>{what}: durchgelassen. Das ist ein Fehler.</translation>
    </message>
    <message>
        <source>{what}: let through, as it should be.</source>
        <translation>{what}: durchgelassen, wie es sein soll.</translation>
    </message>
    <message>
        <source>{what}: refused. {why}</source>
        <translation>{what}: abgewiesen. {why}</translation>
    </message>
    <message>
        <source>{what}: refused, as it should be.</source>
        <translation>{what}: abgewiesen, wie es sein soll.</translation>
    </message>
    <message>
        <source>Self-test: {what}. Nothing opens.</source>
        <translation>Selbsttest: {what}. Nichts öffnet sich.</translation>
    </message>
    <message>
        <source>Take the last one back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Start anew</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Store the result</source>
        <translation>Ergebnis speichern</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Stop this trial</source>
        <translation>Versuch abbrechen</translation>
    </message>
    <message>
        <source>Use this camera</source>
        <translation>Diese Kamera nehmen</translation>
    </message>
    <message>
        <source>Test the camera</source>
        <translation>Kamera prüfen</translation>
    </message>
    <message>
        <source>May we learn your face anew from this visit? No picture is kept.</source>
        <translation>Dürfen wir Ihr Gesicht aus diesem Besuch neu lernen? Kein Bild bleibt.</translation>
    </message>
    <message>
        <source>Please let reception renew your face.</source>
        <translation>Bitte lassen Sie Ihr Gesicht am Empfang erneuern.</translation>
    </message>
    <message>
        <source>Thank you, your face is renewed.</source>
        <translation>Danke, Ihr Gesicht ist erneuert.</translation>
    </message>
    <message>
        <source>Reception will renew your face.</source>
        <translation>Der Empfang erneuert Ihr Gesicht.</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Yes, renew it</source>
        <translation>Ja, erneuern</translation>
    </message>
    <message>
        <source>I am somebody else</source>
        <translation>Ich bin jemand anderes</translation>
    </message>
</context>
</TS>
