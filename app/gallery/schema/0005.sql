-- Version 5: what changed, so that a kiosk whose gallery is in memory reads no more than that.

-- Either a template or a person (ids): added, changed or gone. The newest rows alone are kept;
-- whoever has not seen the one before the oldest reads everything.
CREATE TABLE moves (
    position INTEGER PRIMARY KEY,
    template INTEGER,
    person   TEXT
) STRICT;
CREATE TRIGGER template_came AFTER INSERT ON templates
BEGIN
    INSERT INTO moves (template) VALUES (NEW.id);
END;
CREATE TRIGGER template_changed AFTER UPDATE ON templates
BEGIN
    INSERT INTO moves (template) VALUES (OLD.id), (NEW.id);
END;
CREATE TRIGGER template_went AFTER DELETE ON templates
BEGIN
    INSERT INTO moves (template) VALUES (OLD.id);
END;
CREATE TRIGGER person_came AFTER INSERT ON people
BEGIN
    INSERT INTO moves (person) VALUES (NEW.id);
END;
CREATE TRIGGER person_changed AFTER UPDATE ON people
BEGIN
    INSERT INTO moves (person) VALUES (OLD.id), (NEW.id);
END;
CREATE TRIGGER person_went AFTER DELETE ON people
BEGIN
    INSERT INTO moves (person) VALUES (OLD.id);
END;
