-- What an official letter says besides what, when and where; '' where it says nothing, no row where it is silent.

CREATE TABLE event_details (
    event_id     INTEGER PRIMARY KEY REFERENCES events,
    number       TEXT NOT NULL,                    -- nomor surat
    agenda       TEXT NOT NULL,                    -- acara
    dress        TEXT NOT NULL,                    -- pakaian
    bring        TEXT NOT NULL,                    -- perlengkapan: surat tugas, SPPD
    lodging      TEXT NOT NULL,                    -- penginapan
    contact      TEXT NOT NULL,                    -- narahubung
    notes        TEXT NOT NULL                     -- catatan
) STRICT;
