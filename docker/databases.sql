-- Beside the database `trainyard`, which holds the records of the gateway at port 4000.
create database shop;
create database demo;
create database trainyard_demo;
