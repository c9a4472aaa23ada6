// What every plug-in is to the program that loads it.
#ifndef TEST_PLUGIN_H
#define TEST_PLUGIN_H

#include "utl/UtlString.h"

class OsConfigDb;

class Plugin
{
public:
   virtual ~Plugin() {}
   virtual void readConfig(OsConfigDb& config) = 0;

protected:
   Plugin(const UtlString& instance) : mInstanceName(instance) {}

   UtlString mInstanceName;
};

#endif
