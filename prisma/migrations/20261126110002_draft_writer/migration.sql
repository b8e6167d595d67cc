-- Which window wrote a draft's present revision: a save repeated after a lost answer is then no conflict with itself.
ALTER TABLE draft ADD COLUMN writer text;
