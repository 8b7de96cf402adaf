-- A kecamatan's month begins at its villages: without this it reads every group there is.

CREATE INDEX groups_of_village ON groups (village_id);
