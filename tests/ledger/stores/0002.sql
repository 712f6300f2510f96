BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE batches (
	"row" INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	pipeline VARCHAR(64) NOT NULL, 
	started DATETIME NOT NULL, 
	finished DATETIME, 
	exit_code INTEGER, 
	balance JSON, 
	PRIMARY KEY ("row"), 
	UNIQUE (id)
);
INSERT INTO "batches" VALUES(1,'batch-1','posteingang','2026-11-22 12:00:00.000000','2026-11-22 12:01:00.000000',4,'{"scanned": 9, "filed": 2, "review": 4, "duplicate": 0, "blank": 0, "separator": 0, "quarantined": 3}');
INSERT INTO "batches" VALUES(2,'batch-2','posteingang','2026-11-22 13:00:00.000000',NULL,NULL,NULL);
CREATE TABLE document_pages (
	"row" INTEGER NOT NULL, 
	document_row INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	source VARCHAR NOT NULL, 
	source_page INTEGER NOT NULL, 
	PRIMARY KEY ("row"), 
	FOREIGN KEY(document_row) REFERENCES documents ("row") ON DELETE CASCADE
);
INSERT INTO "document_pages" VALUES(1,1,1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Straße 1.pdf',1);
INSERT INTO "document_pages" VALUES(2,1,2,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Straße 1.pdf',2);
INSERT INTO "document_pages" VALUES(3,2,1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Straße 1.pdf',1);
INSERT INTO "document_pages" VALUES(4,2,2,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Straße 1.pdf',2);
INSERT INTO "document_pages" VALUES(5,3,1,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','anlage.tif',1);
INSERT INTO "document_pages" VALUES(6,3,2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','anlage.tif',2);
CREATE TABLE documents (
	"row" INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	batch_id VARCHAR(64) NOT NULL, 
	class_id VARCHAR(64), 
	confidence FLOAT NOT NULL, 
	aktenzeichen VARCHAR, 
	pdf VARCHAR, 
	metadata_path VARCHAR, 
	reasons JSON NOT NULL, 
	PRIMARY KEY ("row"), 
	UNIQUE (id)
);
INSERT INTO "documents" VALUES(1,'waiting','review','batch-1','rechnung',0.8125,NULL,'.dipro/review/waiting/document.pdf','.dipro/review/waiting/case.json','[["close_second", "Zwei Klassen liegen nah beieinander."]]');
INSERT INTO "documents" VALUES(2,'filed','filed','batch-1','bauantrag',0.8125,'63.10-0007/2025','63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.pdf','63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.json','[["close_second", "Zwei Klassen liegen nah beieinander."]]');
INSERT INTO "documents" VALUES(3,'rejected','rejected','batch-1','rechnung',0.8125,NULL,'.dipro/review/rejected/document.pdf','.dipro/review/rejected/case.json','[["close_second", "Zwei Klassen liegen nah beieinander."]]');
CREATE TABLE fingerprint_keys (
	"row" INTEGER NOT NULL, 
	"key" BIGINT NOT NULL, 
	page_row INTEGER NOT NULL, 
	PRIMARY KEY ("row"), 
	FOREIGN KEY(page_row) REFERENCES fingerprints ("row") ON DELETE CASCADE
);
INSERT INTO "fingerprint_keys" VALUES(1,97,1);
INSERT INTO "fingerprint_keys" VALUES(2,7,1);
INSERT INTO "fingerprint_keys" VALUES(3,97,2);
INSERT INTO "fingerprint_keys" VALUES(4,7,2);
CREATE TABLE fingerprints (
	"row" INTEGER NOT NULL, 
	document_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	data JSON NOT NULL, 
	PRIMARY KEY ("row")
);
INSERT INTO "fingerprints" VALUES(1,'waiting',1,'{"image": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
INSERT INTO "fingerprints" VALUES(2,'filed',1,'{"image": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');
CREATE TABLE intents (
	"row" INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	document_id VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	files JSON NOT NULL, 
	containers JSON NOT NULL, 
	journal JSON NOT NULL, 
	record JSON NOT NULL, 
	PRIMARY KEY ("row"), 
	UNIQUE (id)
);
INSERT INTO "intents" VALUES(1,'intent-filed','filed','done','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.json", "2222222222222222222222222222222222222222222222222222222222222222"], ["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.pdf", "1111111111111111111111111111111111111111111111111111111111111111"]]','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/akte.json", "", "3333333333333333333333333333333333333333333333333333333333333333"]]','{"document": "filed", "akte": "63 Bauordnung/63.10-0007_2025 Musterweg 5"}','{"document_id": "filed", "pdf": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.pdf", "pdf_sha256": "1111111111111111111111111111111111111111111111111111111111111111", "metadata": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.json", "metadata_sha256": "2222222222222222222222222222222222222222222222222222222222222222", "class_id": "bauantrag", "aktenzeichen": "63.10-0007/2025"}');
INSERT INTO "intents" VALUES(2,'intent-taken-back','taken-back','discarded','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_taken-back.json", "2222222222222222222222222222222222222222222222222222222222222222"], ["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_taken-back.pdf", "1111111111111111111111111111111111111111111111111111111111111111"]]','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/akte.json", "", "3333333333333333333333333333333333333333333333333333333333333333"]]','{"document": "taken-back", "akte": "63 Bauordnung/63.10-0007_2025 Musterweg 5"}','{"document_id": "taken-back", "pdf": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_taken-back.pdf", "pdf_sha256": "1111111111111111111111111111111111111111111111111111111111111111", "metadata": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_taken-back.json", "metadata_sha256": "2222222222222222222222222222222222222222222222222222222222222222", "class_id": "bauantrag", "aktenzeichen": "63.10-0007/2025"}');
INSERT INTO "intents" VALUES(3,'intent-under-way','under-way','open','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_under-way.json", "2222222222222222222222222222222222222222222222222222222222222222"], ["63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_under-way.pdf", "1111111111111111111111111111111111111111111111111111111111111111"]]','[["63 Bauordnung/63.10-0007_2025 Musterweg 5/akte.json", "", "3333333333333333333333333333333333333333333333333333333333333333"]]','{"document": "under-way", "akte": "63 Bauordnung/63.10-0007_2025 Musterweg 5"}','{"document_id": "under-way", "pdf": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_under-way.pdf", "pdf_sha256": "1111111111111111111111111111111111111111111111111111111111111111", "metadata": "63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_under-way.json", "metadata_sha256": "2222222222222222222222222222222222222222222222222222222222222222", "class_id": "bauantrag", "aktenzeichen": "63.10-0007/2025"}');
CREATE TABLE records (
	"row" INTEGER NOT NULL, 
	document_id VARCHAR(64) NOT NULL, 
	pdf VARCHAR NOT NULL, 
	pdf_sha256 VARCHAR(64) NOT NULL, 
	metadata_path VARCHAR NOT NULL, 
	metadata_sha256 VARCHAR(64) NOT NULL, 
	class_id VARCHAR(64) NOT NULL, 
	aktenzeichen VARCHAR NOT NULL, 
	lifted BOOLEAN NOT NULL, 
	PRIMARY KEY ("row"), 
	UNIQUE (document_id)
);
INSERT INTO "records" VALUES(1,'filed','63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.pdf','1111111111111111111111111111111111111111111111111111111111111111','63 Bauordnung/63.10-0007_2025 Musterweg 5/001 Bauantrag/2026-11-22_0001_filed.json','2222222222222222222222222222222222222222222222222222222222222222','bauantrag','63.10-0007/2025',0);
CREATE TABLE source_documents (
	"row" INTEGER NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	document_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY ("row")
);
INSERT INTO "source_documents" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','filed');
INSERT INTO "source_documents" VALUES(2,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','waiting');
INSERT INTO "source_documents" VALUES(3,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','rejected');
CREATE TABLE sources (
	"row" INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	pages INTEGER, 
	batch_id VARCHAR(64) NOT NULL, 
	quarantine JSON, attempts INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY ("row"), 
	UNIQUE (sha256)
);
INSERT INTO "sources" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Straße 1.pdf','finished',4,'batch-1',NULL,0);
INSERT INTO "sources" VALUES(2,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','anlage.tif','claimed',2,'batch-1',NULL,0);
INSERT INTO "sources" VALUES(3,'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','broken.png','quarantined',3,'batch-1','{"source": "broken.png", "source_sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "reason": "damaged", "message": "\u2026", "path": null, "pages": 3}',0);
INSERT INTO "sources" VALUES(4,'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','gone.png','discarded',3,'batch-1',NULL,0);
INSERT INTO "sources" VALUES(5,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','half.pdf','claimed',NULL,'batch-1',NULL,1);
CREATE INDEX ix_batches_started ON batches (started);
CREATE INDEX ix_sources_state ON sources (state);
CREATE INDEX ix_documents_state ON documents (state);
CREATE INDEX ix_document_pages_source_sha256 ON document_pages (source_sha256);
CREATE UNIQUE INDEX ix_document_pages_document ON document_pages (document_row, position);
CREATE INDEX ix_source_documents_document_id ON source_documents (document_id);
CREATE UNIQUE INDEX ix_source_documents_both ON source_documents (source_sha256, document_id);
CREATE INDEX ix_intents_state ON intents (state);
CREATE UNIQUE INDEX ix_fingerprints_page ON fingerprints (document_id, position);
CREATE INDEX ix_fingerprint_keys_page_row ON fingerprint_keys (page_row);
CREATE UNIQUE INDEX ix_fingerprint_keys_both ON fingerprint_keys ("key", page_row);
COMMIT;
